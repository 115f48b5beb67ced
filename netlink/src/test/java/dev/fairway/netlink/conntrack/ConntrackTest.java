package dev.fairway.netlink.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.Scratch;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nfnetlink.Nfnetlink;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import dev.fairway.netlink.socket.NetlinkFamily;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConntrackTest {
    private final Scratch scratch = new Scratch();
    private NetworkNamespace namespace;
    private Conntrack conntrack;

    @BeforeEach
    void open() throws Exception {
        namespace = scratch.namespace();
        conntrack = Conntrack.open(namespace);
        try (var rtnetlink = Rtnetlink.open(namespace)) {
            rtnetlink.setUp("lo");
        }
        // Address translation makes the kernel track; port 53 stands for a Service whose endpoint listens on 5353.
        for (var command : List.of("iptables", "ip6tables")) {
            Scratch.run(namespace, command, "-t", "nat", "-A", "OUTPUT", "-p", "udp", "--dport", "53", "-j", "REDIRECT",
                    "--to-ports", "5353");
            Scratch.run(namespace, command, "-t", "mangle", "-A", "OUTPUT", "-p", "udp", "--dport", "54", "-j", "CONNMARK",
                    "--set-mark", "0x4000");
        }
    }

    @AfterEach
    void close() throws Exception {
        conntrack.close();
        scratch.close();
    }

    private void sendUdp(String address, int... ports) throws Exception {
        namespace.call(() -> {
            try (var socket = new DatagramSocket(new InetSocketAddress(address, 4000))) {
                for (int port : ports) {
                    socket.send(new DatagramPacket(new byte[1], 1, new InetSocketAddress(address, port)));
                }
            }
            return null;
        });
    }

    @Test
    void listsAndFilters() throws Exception {
        sendUdp("127.0.0.1", 53, 54);
        sendUdp("::1", 53);
        try (var server = namespace.call(() -> ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 80)));
                var client = namespace.call(() -> SocketChannel.open(server.getLocalAddress()))) {
            assertTrue(client.isConnected());
            var loopback = InetAddress.ofLiteral("127.0.0.1");
            var translated = conntrack.list(FlowFilter.ipv4().protocol(FlowTuple.UDP).status(Flow.DST_NAT));
            assertEquals(1, translated.size());
            assertEquals(new FlowTuple(FlowTuple.UDP, loopback, loopback, 4000, 53), translated.getFirst().original());
            assertEquals(new FlowTuple(FlowTuple.UDP, loopback, loopback, 5353, 4000), translated.getFirst().reply());
            assertTrue(translated.getFirst().timeoutSeconds() > 0);

            assertEquals(2, conntrack.list(FlowFilter.ipv4().protocol(FlowTuple.UDP)).size());
            assertEquals(1, conntrack.list(FlowFilter.ipv6().protocol(FlowTuple.UDP)).size());
            assertEquals(3, conntrack.list(FlowFilter.all().protocol(FlowTuple.UDP)).size());
            var tcp = conntrack.list(FlowFilter.ipv4().protocol(FlowTuple.TCP));
            assertEquals(1, tcp.size());
            assertTrue(tcp.getFirst().has(Flow.ASSURED));
            assertEquals(1, conntrack.list(FlowFilter.all().mark(0x4000, 0x4000)).size());
            assertEquals(0, conntrack.list(FlowFilter.all().zone(7)).size());
        }
    }

    @Test
    void deletesOneFlow() throws Exception {
        sendUdp("127.0.0.1", 53, 54);
        sendUdp("::1", 53);
        var flow = conntrack.list(FlowFilter.ipv6()).getFirst();
        assertTrue(conntrack.delete(flow));
        assertFalse(conntrack.delete(flow));
        assertEquals(0, conntrack.list(FlowFilter.ipv6().protocol(FlowTuple.UDP)).size());
        assertEquals(2, conntrack.list(FlowFilter.all().protocol(FlowTuple.UDP)).size());
    }

    @Test
    void deletesByCondition() throws Exception {
        sendUdp("127.0.0.1", 53, 54, 55, 56);
        assertEquals(3, conntrack.delete(FlowFilter.ipv4().protocol(FlowTuple.UDP),
                flow -> flow.original().destinationPort() > 53));
        assertEquals(List.of(53), conntrack.list(FlowFilter.ipv4().protocol(FlowTuple.UDP)).stream()
                .map(flow -> flow.original().destinationPort()).toList());
        assertEquals(0, conntrack.delete(FlowFilter.ipv6(), flow -> true));
    }

    @Test
    void aLaterFlowBetweenTheSameEndsIsNotMistaken() throws Exception {
        sendUdp("127.0.0.1", 53);
        var flow = conntrack.list(FlowFilter.ipv4()).getFirst();
        var earlier = new Flow(flow.family(), flow.original(), flow.reply(), 0, 0, 0, 0, flow.id() + 1);
        assertFalse(conntrack.delete(earlier));
        assertTrue(conntrack.delete(flow));
    }

    /** The kernel itself leaves TCP out, so that a node with a million TCP flows pays nothing for a UDP clean-up. */
    @Test
    void theKernelFiltersByProtocol() throws Exception {
        sendUdp("127.0.0.1", 53);
        try (var server = namespace.call(() -> ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 80)));
                var client = namespace.call(() -> SocketChannel.open(server.getLocalAddress()))) {
            assertTrue(client.isConnected());
            try (var socket = namespace.netlinkSocket(NetlinkFamily.NETFILTER)) {
                var filter = FlowFilter.ipv4().protocol(FlowTuple.UDP);
                assertEquals(List.of(FlowTuple.UDP), socket.dump("list", Nfnetlink.type(Nfnetlink.SUBSYS_CTNETLINK, 1),
                        request -> Conntrack.write(request, filter),
                        message -> Flow.decode(message).original().protocol()));
            }
        }
    }
}
