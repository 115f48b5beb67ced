package dev.fairway.proxy.server;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.LocalAddresses;
import dev.fairway.proxy.config.HostPort;
import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.proxy.health.ServiceHealth;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.state.NodePortRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Opens health check node ports on the addresses on which node ports are served. */
final class NodePortListeners implements ServiceHealth.Opener {
    private static final IpAddress ANY = IpAddress.of("0.0.0.0");

    private final ProxyConfig config;
    private final ProxyServer.Place place;
    private volatile NodeWatch node;

    NodePortListeners(ProxyConfig config, ProxyServer.Place place) {
        this.config = config;
        this.place = place;
    }

    /** Tells whose addresses the word {@code primary} means. */
    void follow(NodeWatch watch) {
        node = watch;
    }

    @Override
    public AutoCloseable open(ObjectKey service, int port, ServiceHealth health) throws IOException {
        List<HttpListener> listeners = new ArrayList<>();
        boolean complete = false;
        try {
            for (IpAddress address : addresses()) {
                listeners.add(HttpListener.open(place.namespace(), new HostPort(address, port),
                        HealthPages.service(service, health)));
            }
            complete = true;
            return () -> listeners.forEach(HttpListener::close);
        } finally {
            if (!complete) {
                listeners.forEach(HttpListener::close);
            }
        }
    }

    private List<IpAddress> addresses() throws IOException {
        Node known = node.last();
        NodePortRange ipv4 = NodePortRange.of(config.nodePortAddresses(), IpFamily.IPV4, known);
        NodePortRange ipv6 = NodePortRange.of(config.nodePortAddresses(), IpFamily.IPV6, known);
        List<IpAddress> local = ipv4.all() ? List.of() : LocalAddresses.ofKernel(place.namespace()).list();
        List<IpAddress> chosen = Stream.of(ipv4, ipv6).map(range -> range.select(local)).flatMap(Optional::stream)
                .flatMap(List::stream).distinct().toList();
        // The unspecified address takes both families, so it is only for a node whose IPv4 addresses are all meant.
        return ipv4.all() || chosen.isEmpty() ? List.of(ANY) : chosen;
    }
}
