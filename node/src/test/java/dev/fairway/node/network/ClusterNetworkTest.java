package dev.fairway.node.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ClusterNetworkTest {
    private static final int PORT = 8080;
    private static final int TIMEOUT_MILLIS = 3000;

    private final String name = "nt" + ProcessHandle.current().pid() % 100_000;
    private ClusterNetwork network;

    @BeforeEach
    void create() throws IOException {
        network = ClusterNetwork.create(name, 2);
    }

    @AfterEach
    void remove() {
        network.close();
    }

    @Test
    void podsReachEachOtherOnOneNodeAndAcrossNodesUnderTheirOwnAddresses() throws IOException {
        NodeNetwork first = network.nodes().getFirst();
        PodNetwork a = first.attach("a");
        PodNetwork b = first.attach("b");
        PodNetwork c = network.nodes().getLast().attach("c");
        try (var atB = tellPeer(b.namespace()); var atC = tellPeer(c.namespace())) {
            assertEquals(a.address().getHostAddress(), ask(a.namespace(), b.address(), PORT));
            assertEquals(a.address().getHostAddress(), ask(a.namespace(), c.address(), PORT));
            assertEquals(first.podCidr().address().getHostAddress().replaceFirst("\\d+$", "1"), ask(first.namespace(), b.address(), PORT));
            assertEquals(first.address().getHostAddress(), ask(first.namespace(), c.address(), PORT));
            assertEquals("172.30.0.250", ask(network.outside(), b.address(), PORT));
        }
    }

    @Test
    void aReleasedAddressIsTheLastToBeGivenAgain() throws IOException {
        NodeNetwork node = network.nodes().getFirst();
        InetAddress first = node.attach("one").address();
        node.detach("one");
        assertNotEquals(first, node.attach("two").address());
        assertFalse(Names.existing(name).contains(Names.pod(name, "one")));
    }

    @Test
    void relaysFromOneNamespaceIntoAnother() throws IOException {
        NodeNetwork node = network.nodes().getFirst();
        PodNetwork pod = node.attach("relayed");
        ServerSocketChannel listener = network.outside().call(() -> ServerSocketChannel.open().bind(new InetSocketAddress("172.30.0.250", 9000)));
        try (var atPod = tellPeer(pod.namespace());
                var relay = TcpRelay.start(listener, () -> node.namespace().call(SocketChannel::open), new InetSocketAddress(pod.address(), PORT))) {
            String seen = ask(network.nodes().getLast().namespace(), InetAddress.ofLiteral("172.30.0.250"), 9000);
            assertEquals("10.44.0.1", seen);
        }
    }

    @Test
    void whatAKilledClusterLeftIsFoundAndRemovedByItsNameAlone() throws IOException {
        network.nodes().getFirst().attach("left");
        assertEquals(List.of(), ClusterNetwork.leftovers(name + "0"));
        assertEquals(5, ClusterNetwork.leftovers(name).size());
        assertTrue(ClusterNetwork.removeLeftovers(name));
        assertFalse(ClusterNetwork.removeLeftovers(name));
    }

    /** A server in a namespace that tells each client the address that it came from. */
    private static ServerSocketChannel tellPeer(NetworkNamespace namespace) throws IOException {
        ServerSocketChannel server = namespace.call(() -> ServerSocketChannel.open().bind(new InetSocketAddress(PORT)));
        Thread.ofVirtual().start(() -> {
            while (server.isOpen()) {
                try (SocketChannel client = server.accept()) {
                    InetSocketAddress peer = (InetSocketAddress) client.getRemoteAddress();
                    client.write(ByteBuffer.wrap(peer.getAddress().getHostAddress().getBytes(StandardCharsets.UTF_8)));
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server;
    }

    private static String ask(NetworkNamespace from, InetAddress address, int port) throws IOException {
        return from.call(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
                socket.setSoTimeout(TIMEOUT_MILLIS);
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            }
        });
    }
}
