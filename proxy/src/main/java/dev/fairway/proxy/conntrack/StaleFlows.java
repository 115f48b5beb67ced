package dev.fairway.proxy.conntrack;

import dev.fairway.netlink.conntrack.Conntrack;
import dev.fairway.netlink.conntrack.Flow;
import dev.fairway.netlink.conntrack.FlowFilter;
import dev.fairway.netlink.conntrack.FlowTuple;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.StateChange;
import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.SyncReport;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.state.ServiceState;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Deletes UDP flows that are bound to an endpoint which no longer serves. A client that keeps sending on one socket would
 * otherwise be sent to nowhere for as long as it goes on.
 *
 * <p>The first sync of a family looks at all flows, since endpoints may have gone while no proxy ran; later ones look only
 * at flows of the Services that changed, and only if they have UDP ports.
 */
public final class StaleFlows implements SyncListener {
    private static final System.Logger LOG = System.getLogger(StaleFlows.class.getName());

    /** Hears of each clean-up. */
    @FunctionalInterface
    public interface Observer {
        void reconciled(IpFamily family, int deleted, Duration took);
    }

    private final Optional<NetworkNamespace> namespace;
    private final Observer observer;
    private final Set<IpFamily> seen = EnumSet.noneOf(IpFamily.class);

    /** @param namespace empty for the process's own */
    public StaleFlows(Optional<NetworkNamespace> namespace, Observer observer) {
        this.namespace = namespace;
        this.observer = observer;
    }

    @Override
    public void synced(SyncReport report) {
        IpFamily family = report.state().family();
        UdpFrontends frontends = seen.contains(family) ? ofChanges(report) : ofAll(report);
        if (frontends.isEmpty()) {
            seen.add(family);
            return;
        }
        long start = System.nanoTime();
        try {
            int deleted = delete(family, frontends);
            seen.add(family);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            observer.reconciled(family, deleted, took);
            if (deleted > 0) {
                LOG.log(Level.DEBUG, "{0}: {1} stale UDP flows deleted in {2}", family, deleted, took);
            }
        } catch (IOException e) {
            // The next sync then looks at all flows again.
            seen.remove(family);
            LOG.log(Level.ERROR, "{0}: stale UDP flows cannot be deleted: {1}", family, e.getMessage());
        }
    }

    private static UdpFrontends ofAll(SyncReport report) {
        UdpFrontends frontends = new UdpFrontends();
        report.state().services().forEach(frontends::put);
        gone(report, frontends);
        return frontends;
    }

    private static UdpFrontends ofChanges(SyncReport report) {
        UdpFrontends frontends = new UdpFrontends();
        report.changes().forEach(change -> change.after().ifPresent(frontends::put));
        gone(report, frontends);
        return frontends;
    }

    /** A place that a Service has lost may be another's by now, whose flows must stay. */
    private static void gone(SyncReport report, UdpFrontends frontends) {
        UdpFrontends lost = new UdpFrontends();
        report.changes().stream().map(StateChange::before).flatMap(Optional::stream).forEach(lost::putGone);
        if (lost.isEmpty()) {
            return;
        }
        for (ServiceState service : report.state().services()) {
            if (hasUdp(service) && lost.overlaps(service)) {
                frontends.put(service);
            }
        }
        report.changes().stream().map(StateChange::before).flatMap(Optional::stream).forEach(frontends::putGone);
    }

    private static boolean hasUdp(ServiceState service) {
        return service.ports().stream().anyMatch(port -> port.config().protocol() == Protocol.UDP);
    }

    private int delete(IpFamily family, UdpFrontends frontends) throws IOException {
        FlowFilter filter = switch (family) {
            case IPV4 -> FlowFilter.ipv4();
            case IPV6 -> FlowFilter.ipv6();
        };
        try (Conntrack conntrack = namespace.isPresent() ? Conntrack.open(namespace.get()) : Conntrack.open()) {
            return conntrack.delete(filter.protocol(FlowTuple.UDP), flow -> stale(flow, frontends));
        }
    }

    private static boolean stale(Flow flow, UdpFrontends frontends) {
        return frontends.stale(
                new UdpFrontends.Target(IpAddress.of(flow.original().destination()), flow.original().destinationPort()),
                new UdpFrontends.Target(IpAddress.of(flow.reply().source()), flow.reply().sourcePort()));
    }
}
