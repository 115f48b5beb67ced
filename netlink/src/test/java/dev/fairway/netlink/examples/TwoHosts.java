package dev.fairway.netlink.examples;

import dev.fairway.netlink.conntrack.Conntrack;
import dev.fairway.netlink.conntrack.Flow;
import dev.fairway.netlink.conntrack.FlowFilter;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.rtnetlink.IpPrefix;
import dev.fairway.netlink.rtnetlink.Route;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import dev.fairway.netlink.rtnetlink.Veth;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/** Two hosts in network namespaces, joined by a cable; no command is run for it. */
final class TwoHosts implements AutoCloseable {
    static final String LEFT = "192.0.2.1";
    static final String RIGHT = "192.0.2.2";
    private static final int BACKLOG = 16;

    private final NetworkNamespace left;
    private final NetworkNamespace right;

    TwoHosts(String name) throws IOException {
        left = NetworkNamespace.create(name + "-left");
        right = NetworkNamespace.create(name + "-right");
        try (Rtnetlink inLeft = Rtnetlink.open(left); Rtnetlink inRight = Rtnetlink.open(right)) {
            inLeft.createVeth(Veth.named("eth0").peer("eth0").peerNamespace(right));
            inLeft.addAddress("eth0", IpPrefix.parse(LEFT + "/24"));
            inRight.addAddress("eth0", IpPrefix.parse(RIGHT + "/24"));
            inLeft.setUp("eth0");
            inRight.setUp("eth0");
            inLeft.addRoute(Route.to("198.51.100.0/24").via(RIGHT));
        }
    }

    NetworkNamespace left() {
        return left;
    }

    NetworkNamespace right() {
        return right;
    }

    /** A socket keeps the namespace in which it was made, whichever thread uses it. */
    ServerSocket listen(int port) throws IOException {
        return right.call(() -> new ServerSocket(port, BACKLOG, InetAddress.ofLiteral(RIGHT)));
    }

    Socket connect(int port, int timeoutMillis) throws IOException {
        return left.call(() -> {
            var socket = new Socket();
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(RIGHT), port), timeoutMillis);
            return socket;
        });
    }

    /** The connections that the right host's kernel knows of; it looks only where some rule asks for it. */
    List<Flow> flows(int port) throws IOException {
        try (var conntrack = Conntrack.open(right)) {
            return conntrack.list(FlowFilter.ipv4()).stream()
                    .filter(flow -> flow.original().destinationPort() == port)
                    .toList();
        }
    }

    @Override
    public void close() throws IOException {
        left.delete();
        right.delete();
    }
}
