package dev.fairway.proxy.state;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.model.IpAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a dataplane has to do for one Service, in one address family.
 *
 * @param ports at least one, sorted by name
 */
public record ServiceState(ObjectKey key, List<PortState> ports) {
    /** The number of endpoints of all ports. */
    public int endpoints() {
        int sum = 0;
        for (PortState port : ports) {
            sum += port.backends().all().size();
        }
        return sum;
    }

    /** Where a load balancer asks whether this node has endpoints; 0 if nowhere. */
    public int healthCheckNodePort() {
        return ports.isEmpty() ? 0 : ports.getFirst().config().healthCheckNodePort();
    }

    /** The addresses of the ready endpoints on this node, which is what the health check node port counts. */
    public Set<IpAddress> localReadyAddresses() {
        return ports.stream()
                .flatMap(port -> port.backends().all().stream())
                .filter(backend -> backend.local() && backend.ready())
                .map(Backend::address)
                .collect(Collectors.toSet());
    }
}
