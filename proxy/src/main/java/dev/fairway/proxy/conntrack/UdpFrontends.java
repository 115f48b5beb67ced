package dev.fairway.proxy.conntrack;

import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.state.Backend;
import dev.fairway.proxy.state.PortConfig;
import dev.fairway.proxy.state.PortState;
import dev.fairway.proxy.state.ServiceState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where UDP Services can be reached, and which endpoints a flow to there may be bound to. Every serving endpoint counts,
 * whatever traffic policies say, so that a change of the Service does not end flows, as it would not end TCP connections.
 */
final class UdpFrontends {
    private static final Set<Target> NONE = Set.of();

    /** An address and a port. */
    record Target(IpAddress address, int port) {}

    private final Map<Target, Set<Target>> addresses = new HashMap<>();
    private final Map<Integer, Set<Target>> nodePorts = new HashMap<>();

    /** Takes in the UDP ports of a Service. */
    void put(ServiceState service) {
        for (PortState port : service.ports()) {
            if (port.config().protocol() == Protocol.UDP) {
                put(port);
            }
        }
    }

    private void put(PortState port) {
        Set<Target> backends = new HashSet<>();
        for (Backend backend : port.backends().all()) {
            if (backend.endpoint().serving()) {
                backends.add(new Target(backend.address(), backend.port()));
            }
        }
        PortConfig config = port.config();
        addresses.put(new Target(config.clusterIp(), config.port()), backends);
        config.loadBalancerVips().forEach(vip -> addresses.put(new Target(vip, config.port()), backends));
        config.externalIps().forEach(ip -> addresses.put(new Target(ip, config.port()), backends));
        if (config.nodePort() != 0) {
            nodePorts.put(config.nodePort(), backends);
        }
    }

    /** Takes in places that a Service had before and that nobody has now: no flow to there may live on. */
    void putGone(ServiceState before) {
        UdpFrontends old = new UdpFrontends();
        old.put(before);
        old.addresses.keySet().forEach(target -> addresses.putIfAbsent(target, NONE));
        old.nodePorts.keySet().forEach(port -> nodePorts.putIfAbsent(port, NONE));
    }

    /** Whether any of these is a place of the Service. */
    boolean overlaps(ServiceState service) {
        UdpFrontends other = new UdpFrontends();
        other.put(service);
        return other.addresses.keySet().stream().anyMatch(addresses::containsKey)
                || other.nodePorts.keySet().stream().anyMatch(nodePorts::containsKey);
    }

    boolean isEmpty() {
        return addresses.isEmpty() && nodePorts.isEmpty();
    }

    /**
     * Whether a flow has to go.
     *
     * @param to where its first packet was sent
     * @param from where its answers come from
     */
    boolean stale(Target to, Target from) {
        return Optional.ofNullable(addresses.get(to))
                .or(() -> Optional.ofNullable(nodePorts.get(to.port())))
                .map(backends -> !backends.contains(from))
                .orElse(false);
    }
}
