package dev.fairway.proxy.state;

import dev.fairway.proxy.model.Endpoint;
import dev.fairway.proxy.model.EndpointPort;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServicePort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Computes the state of one Service from the Service, its slices and this node. A pure function. */
public final class ServiceStates {
    private final IpFamily family;
    private final String node;
    private final BackendSelection selection;

    public ServiceStates(IpFamily family, NodeState node) {
        this.family = family;
        this.node = node.name();
        this.selection = new BackendSelection(node.name(), node.zone());
    }

    /**
     * Empty if the Service has no rules in this family.
     *
     * @param slices sorted by name; those of other families are passed over
     */
    public Optional<ServiceState> of(Service service, Collection<EndpointSlice> slices) {
        Optional<IpAddress> clusterIp = service.clusterIp(family);
        if (!service.proxied() || clusterIp.isEmpty() || service.ports().isEmpty()) {
            return Optional.empty();
        }
        List<IpAddress> externalIps = ofFamily(service.externalIps());
        List<IpAddress> vips = ofFamily(service.loadBalancerVips());
        List<IpCidr> ranges = service.sourceRanges().stream().filter(range -> range.family() == family).toList();
        List<PortState> ports = new ArrayList<>(service.ports().size());
        for (ServicePort port : service.ports()) {
            PortConfig config = new PortConfig(
                    new ServicePortName(service.key(), port.name(), port.protocol()), clusterIp.get(), port.port(),
                    port.nodePort(), externalIps, vips, ranges, service.affinitySeconds(), service.externalPolicyLocal(),
                    service.internalPolicyLocal(), service.healthCheckNodePort());
            ports.add(new PortState(config, selection.select(config, backends(port, slices))));
        }
        ports.sort((a, b) -> a.name().compareTo(b.name()));
        return Optional.of(new ServiceState(service.key(), List.copyOf(ports)));
    }

    private List<IpAddress> ofFamily(List<IpAddress> addresses) {
        return addresses.stream().filter(address -> address.family() == family).toList();
    }

    /**
     * The endpoints of all slices, each address and port once. While an endpoint moves between slices it is in two; and an
     * address that a terminating Pod still has may be another's already. What is not terminating counts, then what is
     * local, then what is ready, then the first.
     */
    private List<Backend> backends(ServicePort port, Collection<EndpointSlice> slices) {
        Map<String, Backend> byText = new TreeMap<>();
        for (EndpointSlice slice : slices) {
            for (EndpointPort candidate : slice.ports()) {
                if (candidate.protocol() == port.protocol() && candidate.name().equals(port.name())) {
                    add(slice, candidate.port(), byText);
                }
            }
        }
        return List.copyOf(byText.values());
    }

    private void add(EndpointSlice slice, int port, Map<String, Backend> into) {
        for (Endpoint endpoint : slice.endpoints()) {
            if (endpoint.address().family() == family) {
                Backend backend = new Backend(endpoint, port, !node.isEmpty() && endpoint.nodeName().equals(node));
                into.merge(backend.toString(), backend, (old, now) -> isBetter(now, old) ? now : old);
            }
        }
    }

    private static boolean isBetter(Backend now, Backend old) {
        if (now.endpoint().terminating() != old.endpoint().terminating()) {
            return old.endpoint().terminating();
        }
        return now.local() != old.local() ? now.local() : now.ready() && !old.ready();
    }
}
