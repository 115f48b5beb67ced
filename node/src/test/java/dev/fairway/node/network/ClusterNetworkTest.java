package dev.fairway.node.network;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import java.nio.file.Files;
import java.nio.file.Path;
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
        try (var _ = tellPeer(b.namespace()); var _ = tellPeer(c.namespace())) {
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
        try (var _ = tellPeer(pod.namespace());
                var _ = TcpRelay.start(listener, () -> node.namespace().call(SocketChannel::open), new InetSocketAddress(pod.address(), PORT))) {
            String seen = ask(network.nodes().getLast().namespace(), InetAddress.ofLiteral("172.30.0.250"), 9000);
            assertEquals("10.44.0.1", seen);
        }
    }

    @Test
    void whatAKilledClusterLeftIsFoundAndRemovedByItsNameAlone() throws Exception {
        String killed = name + "k";
        NetworkNamespace.create(Names.wire(killed));
        NetworkNamespace pod = NetworkNamespace.create(Names.pod(killed, "left"));
        Process left = pod.processBuilder("sleep", "1000").start();
        until("nsenter has become sleep", () -> Files.readString(Path.of("/proc/" + left.pid() + "/comm")).strip().equals("sleep"));
        assertEquals(List.of(), ClusterNetwork.leftovers(killed + "0"));
        assertEquals(2, ClusterNetwork.leftovers(killed).size());
        assertTrue(ClusterNetwork.removeLeftovers(killed));
        assertEquals(137, left.waitFor());
        assertFalse(ClusterNetwork.removeLeftovers(killed));
    }

    @Test
    void nobodyTakesTheNamespacesOfARunningCluster() throws IOException {
        assertThrows(IOException.class, () -> ClusterNetwork.create(name, 1));
        assertThrows(IOException.class, () -> ClusterNetwork.removeLeftovers(name));
        assertEquals(List.of(), ClusterNetwork.leftovers(name));
        assertEquals(4, Names.existing(name).size());
        network.close();
        assertEquals(List.of(), Names.existing(name));
        assertFalse(ClusterNetwork.removeLeftovers(name));
        assertFalse(Files.exists(Path.of("/run/fw." + name + ".lock")));
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
