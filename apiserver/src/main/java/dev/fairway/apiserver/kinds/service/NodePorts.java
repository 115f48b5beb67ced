package dev.fairway.apiserver.kinds.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fairway.apiserver.config.PortRange;
import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.store.Entry;
import dev.fairway.store.KeyExistsException;
import dev.fairway.store.RevisionConflictException;
import dev.fairway.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ObjectNode;

/**
 * The node ports in use, by whom: a key in the store for each, so that of several servers of one store only one can
 * take a port. Ports without a wish come from the upper part of the range first, so that the lower part stays free for
 * people to choose from (KEP-3668).
 */
final class NodePorts {
    private static final System.Logger LOG = System.getLogger(NodePorts.class.getName());
    private static final String PREFIX = "/registry/ranges/servicenodeports/";
    /** A port is taken before its Service is stored: only after this time does one that no Service has count as lost. */
    private static final Duration GRACE = Duration.ofSeconds(60);
    private static final int RANDOM_TRIES = 32;

    private final PortRange range;
    private final Store store;
    private final Clock clock;
    private final BiPredicate<String, Integer> uses;
    private final RandomGenerator random = RandomGenerator.getDefault();

    /**
     * @param uses whether a Service, by {@link #owner}, has a port in its spec
     */
    NodePorts(PortRange range, Store store, Clock clock, BiPredicate<String, Integer> uses) {
        this.range = range;
        this.store = store;
        this.clock = clock;
        this.uses = uses;
    }

    /** Those of a server; ports that stored Services have are theirs, whoever took them. */
    static NodePorts load(ServerContext server) {
        var services = server.resources().require("", "services");
        NodePorts ports = new NodePorts(server.config().nodePorts(), server.store(), server.clock(), (owner, port) -> {
            int slash = owner.indexOf('/');
            return server.get(services, owner.substring(0, slash), owner.substring(slash + 1))
                    .filter(service -> portsOf(service).contains(port)).isPresent();
        });
        for (ObjectNode service : server.list(services, "")) {
            portsOf(service).forEach(port -> ports.take(port, owner(service), false));
        }
        return ports;
    }

    private static List<Integer> portsOf(ObjectNode service) {
        ServiceSpec spec = ServiceSpec.of(service);
        List<Integer> ports = new ArrayList<>(spec.ports().stream().map(ServiceSpec::nodePort).filter(port -> port > 0).toList());
        if (spec.healthCheckNodePort() > 0) {
            ports.add(spec.healthCheckNodePort());
        }
        return ports;
    }

    /** Whom a port belongs to: a Service by namespace and name. */
    static String owner(ObjectNode service) {
        return service.path("metadata").path("namespace").asString("") + "/" + service.path("metadata").path("name").asString("");
    }

    PortRange range() {
        return range;
    }

    private static String key(int port) {
        return PREFIX + port;
    }

    private byte[] value(String owner) {
        return (clock.instant().getEpochSecond() + " " + owner).getBytes(UTF_8);
    }

    private static String ownerOf(Entry entry) {
        String text = new String(entry.value(), UTF_8);
        return text.substring(text.indexOf(' ') + 1);
    }

    /**
     * Takes a port; false if another Service has it.
     *
     * @param dryRun whether to look only
     */
    boolean take(int port, String owner, boolean dryRun) {
        Optional<Entry> held = store.get(key(port));
        if (held.isEmpty()) {
            return dryRun || create(port, owner);
        }
        if (ownerOf(held.get()).equals(owner)) {
            return true;
        }
        return lost(held.get(), port) && (dryRun || replace(held.get(), port, owner));
    }

    private boolean create(int port, String owner) {
        try {
            store.create(key(port), value(owner));
            return true;
        } catch (KeyExistsException e) {
            return false;
        }
    }

    /** Whether whoever took it has never come to store its Service, or has lost it. */
    private boolean lost(Entry entry, int port) {
        String text = new String(entry.value(), UTF_8);
        Instant taken = Instant.ofEpochSecond(Long.parseLong(text.substring(0, text.indexOf(' '))));
        return taken.plus(GRACE).isBefore(clock.instant()) && !uses.test(ownerOf(entry), port);
    }

    private boolean replace(Entry entry, int port, String owner) {
        try {
            store.update(key(port), value(owner), entry.modRevision());
            return true;
        } catch (RevisionConflictException e) {
            return false;
        }
    }

    /** Takes any free port; empty when the range is used up. */
    OptionalInt takeAny(String owner, boolean dryRun) {
        int band = Math.min(Math.max(16, range.size() / 32), 128);
        int dynamic = range.size() > band ? band : 0;
        int first = range.first() + dynamic;
        for (int i = 0; i < RANDOM_TRIES; i++) {
            int port = first + random.nextInt(range.last() - first + 1);
            if (store.get(key(port)).isEmpty() && take(port, owner, dryRun)) {
                return OptionalInt.of(port);
            }
        }
        for (int i = 0; i < range.size(); i++) {
            int port = range.first() + (dynamic + i) % range.size();
            boolean own = store.get(key(port)).filter(entry -> ownerOf(entry).equals(owner)).isPresent();
            if (!own && take(port, owner, dryRun)) {
                return OptionalInt.of(port);
            }
        }
        return OptionalInt.empty();
    }

    /** Whether the Service holds the port already. */
    boolean holds(int port, String owner) {
        return store.get(key(port)).filter(entry -> ownerOf(entry).equals(owner)).isPresent();
    }

    /** Gives a port back, if it is this Service's. */
    void release(int port, String owner) {
        store.get(key(port)).filter(entry -> ownerOf(entry).equals(owner)).ifPresent(entry -> {
            try {
                store.delete(key(port), entry.modRevision());
            } catch (RevisionConflictException e) {
                // Somebody else has it by now, or has given it back: it is not this Service's any more.
                LOG.log(System.Logger.Level.DEBUG, () -> "node port " + port + " was given back already");
            }
        });
    }
}
