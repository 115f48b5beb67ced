package dev.fairway.proxy.health;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.StateChange;
import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.SyncReport;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.ServiceState;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The health check node ports: for each Service that has one, a server that tells load balancers how many ready endpoints
 * this node has. A port that cannot be opened is tried again with each sync.
 */
public final class ServiceHealth implements SyncListener, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ServiceHealth.class.getName());

    /** Opens the server of one Service; closing what it returns ends it. */
    @FunctionalInterface
    public interface Opener {
        AutoCloseable open(ObjectKey service, int port, ServiceHealth health) throws IOException;
    }

    /** Hears of ports that cannot be opened. */
    @FunctionalInterface
    public interface FailureListener {
        void failed(ObjectKey service, int port, IOException why);
    }

    private final Opener opener;
    private final FailureListener failures;
    private final BooleanSupplier proxyHealthy;
    private final Map<ObjectKey, Entry> entries = new HashMap<>();
    private boolean closed;

    public ServiceHealth(Opener opener, FailureListener failures, BooleanSupplier proxyHealthy) {
        this.opener = opener;
        this.failures = failures;
        this.proxyHealthy = proxyHealthy;
    }

    private static final class Entry {
        private final Map<IpFamily, Integer> counts = new EnumMap<>(IpFamily.class);
        private int port;
        private Optional<AutoCloseable> server = Optional.empty();
        private boolean failed;
    }

    /**
     * What a load balancer is told.
     *
     * @param localEndpoints ready endpoints on this node; a dual-stack Pod counts once
     */
    public record Answer(int localEndpoints, boolean proxyHealthy) {
        /** The HTTP status: 200 to send traffic here, 503 not to. */
        public int status() {
            return localEndpoints > 0 && proxyHealthy ? 200 : 503;
        }
    }

    @Override
    public synchronized void synced(SyncReport report) {
        if (closed) {
            return;
        }
        for (StateChange change : report.changes()) {
            int port = change.after().map(ServiceState::healthCheckNodePort).orElse(0);
            Entry entry = entries.get(change.key());
            if (port != 0) {
                Entry present = entry == null ? new Entry() : entry;
                entries.put(change.key(), present);
                present.counts.put(report.state().family(), change.after().orElseThrow().localReadyAddresses().size());
                open(change.key(), present, port);
            } else if (entry != null) {
                entry.counts.remove(report.state().family());
                if (entry.counts.isEmpty()) {
                    close(change.key(), entry);
                    entries.remove(change.key());
                }
            }
        }
        entries.forEach((key, entry) -> {
            if (entry.server.isEmpty()) {
                open(key, entry, entry.port);
            }
        });
    }

    private void open(ObjectKey service, Entry entry, int port) {
        if (entry.port == port && entry.server.isPresent()) {
            return;
        }
        close(service, entry);
        boolean again = entry.failed && entry.port == port;
        entry.port = port;
        try {
            entry.server = Optional.of(opener.open(service, port, this));
            entry.failed = false;
        } catch (IOException e) {
            entry.failed = true;
            if (!again) {
                LOG.log(Level.ERROR, "health check node port {0} of Service {1} cannot be opened: {2}",
                        Integer.toString(port), service, e.getMessage());
                failures.failed(service, port, e);
            }
        }
    }

    private static void close(ObjectKey service, Entry entry) {
        entry.server.ifPresent(server -> {
            try {
                server.close();
            } catch (Exception e) {
                LOG.log(Level.WARNING, "closing the health check node port of Service " + service, e);
            }
        });
        entry.server = Optional.empty();
    }

    /** The answer for one Service; empty if it has no health check node port. */
    public Optional<Answer> answer(ObjectKey service) {
        boolean healthy = proxyHealthy.getAsBoolean();
        synchronized (this) {
            return Optional.ofNullable(entries.get(service)).map(entry -> new Answer(
                    entry.counts.values().stream().mapToInt(Integer::intValue).max().orElse(0), healthy));
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        entries.forEach(ServiceHealth::close);
        entries.clear();
    }
}
