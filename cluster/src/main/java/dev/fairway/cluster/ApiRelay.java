package dev.fairway.cluster;

import dev.fairway.node.network.NodeNetwork;
import dev.fairway.node.network.TcpRelay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Lets Pods reach the API server, which listens on the machine's own 127.0.0.1, at a node's address. */
final class ApiRelay {
    private ApiRelay() {}

    static TcpRelay start(NodeNetwork node, int nodePort, int apiPort) throws IOException {
        ServerSocketChannel listener = node.namespace()
                .call(() -> ServerSocketChannel.open().bind(new InetSocketAddress(node.address(), nodePort)));
        return TcpRelay.start(listener, SocketChannel::open, new InetSocketAddress(InetAddress.getLoopbackAddress(), apiPort));
    }
}
