package dev.fairway.apiserver.kinds.service;

import dev.fairway.apiserver.PortRange;
import dev.fairway.apiserver.registry.ServerContext;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ObjectNode;

/**
 * The node ports in use, by whom. Ports without a wish come from the upper part of the range first, so that the
 * lower part stays free for people to choose from (KEP-3668).
 */
final class NodePorts {
    private final PortRange range;
    private final RandomGenerator random;
    private final Map<Integer, String> owners = new HashMap<>();

    NodePorts(PortRange range, RandomGenerator random) {
        this.range = range;
        this.random = random;
    }

    /** The ports that the stored Services hold. */
    static NodePorts load(ServerContext server) {
        NodePorts ports = new NodePorts(server.config().nodePorts(), RandomGenerator.getDefault());
        server.resources().find("", "v1", "services").ifPresent(services -> {
            for (ObjectNode service : server.list(services, "")) {
                String owner = owner(service);
                ServiceSpec spec = ServiceSpec.of(service);
                spec.ports().stream().map(ServiceSpec::nodePort).filter(port -> port > 0).forEach(port -> ports.owners.put(port, owner));
                if (spec.healthCheckNodePort() > 0) {
                    ports.owners.put(spec.healthCheckNodePort(), owner);
                }
            }
        });
        return ports;
    }

    /** Whom a port belongs to: a Service by namespace and name. */
    static String owner(ObjectNode service) {
        return service.path("metadata").path("namespace").asString("") + "/" + service.path("metadata").path("name").asString("");
    }

    PortRange range() {
        return range;
    }

    /** Takes a port; false if another Service has it. */
    synchronized boolean take(int port, String owner) {
        String holder = owners.putIfAbsent(port, owner);
        return holder == null || holder.equals(owner);
    }

    /** Takes any free port; empty when the range is used up. */
    synchronized OptionalInt takeAny(String owner) {
        int band = Math.min(Math.max(16, range.size() / 32), 128);
        int dynamic = range.size() > band ? band : 0;
        OptionalInt port = free(range.first() + dynamic, range.last());
        if (port.isEmpty() && dynamic > 0) {
            port = free(range.first(), range.first() + dynamic - 1);
        }
        port.ifPresent(number -> owners.put(number, owner));
        return port;
    }

    private OptionalInt free(int first, int last) {
        int size = last - first + 1;
        int start = random.nextInt(size);
        for (int i = 0; i < size; i++) {
            int port = first + (start + i) % size;
            if (!owners.containsKey(port)) {
                return OptionalInt.of(port);
            }
        }
        return OptionalInt.empty();
    }

    /** Whether the Service holds the port already. */
    synchronized boolean holds(int port, String owner) {
        return owner.equals(owners.get(port));
    }

    /** Gives a port back, if it is this Service's. */
    synchronized void release(int port, String owner) {
        owners.remove(port, owner);
    }
}
