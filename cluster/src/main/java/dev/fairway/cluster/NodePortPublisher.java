package dev.fairway.cluster;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.informer.Informer;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.node.network.TcpRelay;
import dev.fairway.node.network.UdpRelay;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Serves the TCP and UDP node ports of all Services on the machine's own 127.0.0.1 too, as a client outside would use them. */
final class NodePortPublisher implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodePortPublisher.class.getName());

    private final Informer services;
    private final NetworkNamespace outside;
    private final InetAddress node;
    private final Map<Port, AutoCloseable> published = new HashMap<>();
    private final Set<Port> refused = new HashSet<>();

    /** A node port; the protocol is {@code TCP} or {@code UDP}. */
    private record Port(String protocol, int number) {}

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
        Set<Port> old = before.map(NodePortPublisher::nodePorts).orElse(Set.of());
        Set<Port> now = after.map(NodePortPublisher::nodePorts).orElse(Set.of());
        old.stream().filter(port -> !now.contains(port)).forEach(this::withdraw);
        now.stream().filter(port -> !published.containsKey(port) && !refused.contains(port)).forEach(this::publish);
    }

    private static Set<Port> nodePorts(KubeObject service) {
        Set<Port> ports = new LinkedHashSet<>();
        for (JsonNode port : service.at("/spec/ports")) {
            String protocol = port.path("protocol").asString("TCP");
            if (!protocol.equals("SCTP") && port.path("nodePort").asInt(0) > 0) {
                ports.add(new Port(protocol, port.path("nodePort").asInt()));
            }
        }
        return ports;
    }

    private void publish(Port port) {
        InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), port.number());
        InetSocketAddress there = new InetSocketAddress(node, port.number());
        try {
            published.put(port, port.protocol().equals("UDP") ? publishUdp(here, there) : publishTcp(here, there));
        } catch (IOException e) {
            refused.add(port);
            LOG.log(Level.WARNING, "node port {0} is not published on 127.0.0.1: {1}", Integer.toString(port.number()), e.getMessage());
        }
    }

    private TcpRelay publishTcp(InetSocketAddress here, InetSocketAddress there) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            return TcpRelay.start(listener.bind(here), () -> outside.call(SocketChannel::open), there);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    private UdpRelay publishUdp(InetSocketAddress here, InetSocketAddress there) throws IOException {
        DatagramChannel socket = DatagramChannel.open();
        try {
            return UdpRelay.start(socket.bind(here), () -> outside.call(() -> DatagramChannel.open()), there);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void withdraw(Port port) {
        refused.remove(port);
        close(published.remove(port));
    }

    private static void close(AutoCloseable relay) {
        try {
            if (relay != null) {
                relay.close();
            }
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "closing a published node port", e);
        }
    }

    @Override
    public synchronized void close() {
        services.close();
        published.values().forEach(NodePortPublisher::close);
        published.clear();
    }
}
