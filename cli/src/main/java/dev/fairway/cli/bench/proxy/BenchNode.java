package dev.fairway.cli.bench.proxy;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.rtnetlink.IpPrefix;
import dev.fairway.netlink.rtnetlink.Route;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import dev.fairway.netlink.rtnetlink.Veth;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

/**
 * A node and one Pod, each in a namespace without an uplink. The Pod accepts connections; whatever the node cannot route
 * goes to the Pod as well, so that Service addresses have a route.
 */
final class BenchNode implements AutoCloseable {
    static final String NODE_ADDRESS = "10.180.0.1";
    static final String POD_ADDRESS = "10.180.0.2";

    private static final System.Logger LOG = System.getLogger(BenchNode.class.getName());
    private static final int BACKLOG = 1024;

    private final NetworkNamespace node;
    private final NetworkNamespace pod;
    private ServerSocketChannel server;

    BenchNode() throws IOException {
        String name = "fwbench-" + ProcessHandle.current().pid();
        node = NetworkNamespace.create(name);
        try {
            pod = NetworkNamespace.create(name + "-pod");
        } catch (IOException e) {
            node.delete();
            throw e;
        }
        boolean built = false;
        try {
            connect();
            built = true;
        } finally {
            if (!built) {
                close();
            }
        }
    }

    private void connect() throws IOException {
        try (Rtnetlink inNode = Rtnetlink.open(node); Rtnetlink inPod = Rtnetlink.open(pod)) {
            inNode.setUp("lo");
            inPod.setUp("lo");
            inNode.createVeth(Veth.named("pod0").peer("eth0").peerNamespace(pod));
            inNode.addAddress("pod0", IpPrefix.parse(NODE_ADDRESS + "/24"));
            inNode.setUp("pod0");
            inPod.addAddress("eth0", IpPrefix.parse(POD_ADDRESS + "/24"));
            inPod.setUp("eth0");
            inNode.addRoute(Route.to("0.0.0.0/0").via(POD_ADDRESS));
            inPod.addRoute(Route.to("0.0.0.0/0").via(NODE_ADDRESS));
        }
        server = pod.<ServerSocketChannel, IOException>call(() ->
                ServerSocketChannel.open().bind(new InetSocketAddress(BenchObjects.TARGET_PORT), BACKLOG));
        Thread.ofPlatform().daemon().name("bench-pod").start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                // Closed at once: that it was accepted is all that a bench asks.
                server.accept().close();
            }
        } catch (IOException e) {
            LOG.log(Level.TRACE, "the bench's Pod ends");
        }
    }

    NetworkNamespace namespace() {
        return node;
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
        }
        pod.delete();
        node.delete();
    }
}
