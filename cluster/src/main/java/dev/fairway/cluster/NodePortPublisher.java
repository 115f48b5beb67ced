package dev.fairway.cluster;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.informer.Informer;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.node.network.TcpRelay;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Serves the TCP node ports of all Services on the machine's own 127.0.0.1 too, as a client outside would use them. */
final class NodePortPublisher implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodePortPublisher.class.getName());

    private final Informer services;
    private final NetworkNamespace outside;
    private final InetAddress node;
    private final Map<Integer, TcpRelay> published = new HashMap<>();
    private final Set<Integer> refused = new HashSet<>();

    private NodePortPublisher(ApiClient client, NetworkNamespace outside, InetAddress node) {
        this.outside = outside;
        this.node = node;
        this.services = new Informer(client, ResourceType.SERVICES).onChange((before, after) -> publish(before, after));
    }

    /**
     * Starts to follow the Services.
     *
     * @param outside where the connections to the node come from
     * @param node whose node ports are used
     */
    static NodePortPublisher start(ApiClient client, NetworkNamespace outside, InetAddress node) {
        NodePortPublisher publisher = new NodePortPublisher(client, outside, node);
        publisher.services.start();
        return publisher;
    }

    private synchronized void publish(Optional<KubeObject> before, Optional<KubeObject> after) {
        Set<Integer> old = before.map(NodePortPublisher::tcpNodePorts).orElse(Set.of());
        Set<Integer> now = after.map(NodePortPublisher::tcpNodePorts).orElse(Set.of());
        old.stream().filter(port -> !now.contains(port)).forEach(this::withdraw);
        now.stream().filter(port -> !published.containsKey(port) && !refused.contains(port)).forEach(this::publish);
    }

    private static Set<Integer> tcpNodePorts(KubeObject service) {
        Set<Integer> ports = new TreeSet<>();
        for (JsonNode port : service.at("/spec/ports")) {
            if (port.path("protocol").asString("TCP").equals("TCP") && port.path("nodePort").asInt(0) > 0) {
                ports.add(port.path("nodePort").asInt());
            }
        }
        return ports;
    }

    private void publish(int port) {
        try {
            ServerSocketChannel listener = ServerSocketChannel.open();
            try {
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException e) {
                listener.close();
                throw e;
            }
            published.put(port, TcpRelay.start(listener, () -> outside.call(SocketChannel::open), new InetSocketAddress(node, port)));
        } catch (IOException e) {
            refused.add(port);
            LOG.log(Level.WARNING, "node port {0} is not published on 127.0.0.1: {1}", Integer.toString(port), e.getMessage());
        }
    }

    private void withdraw(int port) {
        refused.remove(port);
        TcpRelay relay = published.remove(port);
        if (relay != null) {
            relay.close();
        }
    }

    @Override
    public synchronized void close() {
        services.close();
        published.values().forEach(TcpRelay::close);
        published.clear();
    }
}
