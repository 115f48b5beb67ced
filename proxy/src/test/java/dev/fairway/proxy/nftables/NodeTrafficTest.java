package dev.fairway.proxy.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.netlink.rtnetlink.Rtnetlink;
import dev.fairway.proxy.ConnectionLoop;
import dev.fairway.proxy.Objects;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServicePort;
import dev.fairway.testkit.Prober;
import dev.fairway.testkit.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Traffic that a recording does not show. */
class NodeTrafficTest {
    private static final String NODE = "172.21.0.2";
    private static Topology topology;

    @BeforeAll
    static void build() throws IOException {
        topology = ConnectionLoop.prepare(Topology.create());
        try (var rtnetlink = Rtnetlink.open(topology.node())) {
            rtnetlink.setUp("lo");
        }
        // Who is refused must learn of it each time, whoever asked before.
        topology.node().sysctl("net/ipv4/icmp_ratelimit", "0");
        topology.node().sysctl("net/ipv4/conf/all/send_redirects", "0");
        topology.node().sysctl("net/ipv4/conf/eth0/send_redirects", "0");
    }

    @AfterAll
    static void remove() throws IOException {
        topology.close();
    }

    /** An endpoint with hostNetwork is reached through itself; what has nothing to do with a Service stays as it is. */
    @Test
    void whatDoesNotGoThroughAServiceKeepsItsSource() throws Exception {
        try (var rig = Rig.start(topology.node(), List.of(Objects.service("host", "10.100.0.10")),
                        List.of(Objects.slice("host", NODE)));
                var server = topology.node().call(() -> new ServerSocket(8080, 16, InetAddress.ofLiteral(NODE)))) {
            rig.awaitSynced();
            for (int i = 0; i < 4; i++) {
                try (var client = connect(NODE, 8080); var accepted = server.accept()) {
                    assertEquals(client.getLocalSocketAddress(), accepted.getRemoteSocketAddress());
                }
            }
            try (var _ = connect("10.100.0.10", 80); var accepted = server.accept()) {
                assertEquals(NODE, ((InetSocketAddress) accepted.getRemoteSocketAddress()).getAddress().getHostAddress());
            }
        }
    }

    private static Socket connect(String address, int port) throws IOException {
        return topology.node().call(() -> {
            var socket = new Socket();
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), 2_000);
            return socket;
        });
    }

    /** As with kube-proxy, whose firewall does not ask for endpoints: others learn nothing, those who may come are told. */
    @Test
    void sourceRangesHoldWithoutEndpointsToo() throws Exception {
        var guarded = new Service(Objects.key("guarded"), true, List.of(IpAddress.of("10.100.0.11")),
                List.of(new ServicePort("", Protocol.TCP, 80, 0)), List.of(), List.of(IpAddress.of("203.0.113.9")),
                List.of(IpCidr.of("172.21.0.100/32")), 0, false, false, 0);
        try (var rig = Rig.start(topology.node(), List.of(guarded), List.of())) {
            rig.awaitSynced();
            assertEquals(Set.of("timeout"), Prober.from(topology.host("pa1")).tries(3).tcp("203.0.113.9", 80).failures());
            assertEquals(Set.of("timeout"), Prober.from(topology.node()).tries(3).tcp("203.0.113.9", 80).failures());
            assertEquals(Set.of("refused"), Prober.from(topology.host("c")).tries(3).tcp("203.0.113.9", 80).failures());
            rig.proxy().put(Objects.slice("guarded", "10.180.0.11"));
            rig.awaitSynced();
            assertEquals(Set.of("timeout"), Prober.from(topology.host("pa1")).tries(3).tcp("203.0.113.9", 80).failures());
            assertEquals(Set.of("pa1"), Prober.from(topology.host("c")).tcp("203.0.113.9", 80).endpoints().keySet());
        }
    }
}
