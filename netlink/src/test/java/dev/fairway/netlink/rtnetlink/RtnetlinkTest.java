package dev.fairway.netlink.rtnetlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.Scratch;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.socket.NetlinkException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RtnetlinkTest {
    private final Scratch scratch = new Scratch();
    private NetworkNamespace nodeNamespace;
    private NetworkNamespace podNamespace;
    private Rtnetlink node;
    private Rtnetlink pod;

    @BeforeEach
    void open() throws Exception {
        nodeNamespace = scratch.namespace();
        podNamespace = scratch.namespace();
        node = Rtnetlink.open(nodeNamespace);
        pod = Rtnetlink.open(podNamespace);
    }

    @AfterEach
    void close() throws Exception {
        node.close();
        pod.close();
        scratch.close();
    }

    @Test
    void podNetwork() throws Exception {
        node.createBridge("cbr0");
        node.addAddress("cbr0", IpPrefix.parse("10.44.0.1/24"));
        node.addAddress("cbr0", IpPrefix.parse("fd44::1/64"));
        node.setUp("cbr0");
        node.createVeth(Veth.named("veth1").peer("eth0").peerNamespace(podNamespace).mtu(1400)
                .address("02:00:00:00:00:01").peerAddress("02:00:00:00:00:02"));
        node.setMaster("veth1", "cbr0");
        node.setHairpin("veth1", true);
        node.setUp("veth1");
        pod.addAddress("eth0", IpPrefix.parse("10.44.0.2/24"));
        pod.addAddress("eth0", IpPrefix.parse("fd44::2/64"));
        pod.setUp("eth0");
        pod.addRoute(Route.to("0.0.0.0/0").via("10.44.0.1"));
        pod.addRoute(Route.to("::/0").via("fd44::1").dev("eth0"));

        var end = node.link("veth1").orElseThrow();
        assertEquals("02:00:00:00:00:01", end.address());
        assertEquals(1400, end.mtu());
        assertEquals("veth", end.kind().orElseThrow());
        assertEquals(node.link("cbr0").orElseThrow().index(), end.master());
        assertTrue(end.hairpin());
        assertTrue(end.isUp());
        var peer = pod.link("eth0").orElseThrow();
        assertEquals("02:00:00:00:00:02", peer.address());
        assertEquals(1400, peer.mtu());
        assertEquals(peer.index(), end.parent());
        assertTrue(pod.routes().contains(Route.to("0.0.0.0/0").via("10.44.0.1").dev("eth0")));
        assertTrue(pod.routes().stream().anyMatch(route ->
                route.destination().toString().equals("0:0:0:0:0:0:0:0/0") && route.device().orElseThrow().equals("eth0")));
        assertEquals(List.of("10.44.0.2/24", "fd44:0:0:0:0:0:0:2/64"), pod.addresses("eth0").stream()
                .filter(address -> address.scope() == 0).map(address -> address.prefix().toString()).toList());
        try (var monitor = LinkMonitor.open(nodeNamespace)) {
            assertTrue(monitor.awaitRunning("cbr0", Duration.ofSeconds(10)));
            assertFalse(monitor.awaitRunning("nope", Duration.ofMillis(20)));
        }
        for (var address : List.of("10.44.0.1", "fd44::1")) {
            var endpoint = new InetSocketAddress(address, 8080);
            try (var server = nodeNamespace.call(() -> ServerSocketChannel.open().bind(endpoint));
                    var client = podNamespace.call(() -> SocketChannel.open(endpoint));
                    var accepted = server.accept()) {
                assertEquals(client.getLocalAddress(), accepted.getRemoteAddress());
            }
        }
    }

    @Test
    void linksComeAndGo() throws Exception {
        node.createVeth(Veth.named("a").peer("b"));
        assertFalse(node.link("a").orElseThrow().isUp());
        node.setUp("a");
        assertTrue(node.link("a").orElseThrow().isUp());
        node.setDown("a");
        assertFalse(node.link("a").orElseThrow().isUp());
        node.setMtu("a", 1300);
        assertEquals(1300, node.link("a").orElseThrow().mtu());
        node.setLinkAddress("a", "02:11:22:33:44:55");
        assertEquals("02:11:22:33:44:55", node.link("a").orElseThrow().address());
        node.moveLink("b", podNamespace);
        assertTrue(node.link("b").isEmpty());
        assertTrue(pod.link("b").isPresent());
        assertEquals(List.of("lo", "a"), node.links().stream().map(Link::name).toList());
        node.deleteLink("a");
        assertTrue(pod.link("b").isEmpty());
        node.createBridge("bridge7");
        assertEquals("bridge", node.link("bridge7").orElseThrow().kind().orElseThrow());
    }

    @Test
    void addressesComeAndGo() throws Exception {
        node.createBridge("d");
        node.setUp("d");
        var prefix = IpPrefix.parse("192.0.2.1/32");
        node.addAddress("d", prefix);
        assertEquals("EEXIST", assertThrows(NetlinkException.class, () -> node.addAddress("d", prefix)).errnoName());
        assertEquals(List.of(prefix), node.addresses("d").stream().map(InterfaceAddress::prefix)
                .filter(IpPrefix::isIpv4).toList());
        node.deleteAddress("d", prefix);
        assertTrue(node.addresses("d").stream().noneMatch(address -> address.prefix().isIpv4()));
    }

    @Test
    void routesComeAndGo() throws Exception {
        node.createBridge("d");
        node.addAddress("d", IpPrefix.parse("192.0.2.1/24"));
        node.setUp("d");
        var route = Route.to("198.51.100.7/24").via("192.0.2.9").dev("d");
        node.addRoute(route);
        assertEquals("EEXIST", assertThrows(NetlinkException.class, () -> node.addRoute(route)).errnoName());
        assertTrue(node.routes().contains(route));
        var changed = Route.to("198.51.100.0/24").via("192.0.2.10").dev("d");
        node.replaceRoute(changed);
        assertFalse(node.routes().contains(route));
        assertTrue(node.routes().contains(changed));
        node.deleteRoute(changed);
        assertFalse(node.routes().contains(changed));
        assertEquals("ESRCH", assertThrows(NetlinkException.class, () -> node.deleteRoute(changed)).errnoName());
        node.addRoute(Route.to("203.0.113.0/24").type(Route.Type.BLACKHOLE));
        assertTrue(Scratch.run(nodeNamespace, "ip", "route").contains("blackhole 203.0.113.0/24"));
        node.addRoute(Route.to("10.9.0.0/16").dev("d").type(Route.Type.LOCAL));
        assertTrue(Scratch.run(nodeNamespace, "ip", "route", "show", "table", "local").contains("local 10.9.0.0/16 dev d"));
        node.addRoute(Route.to("10.8.0.0/16").via("172.16.0.1").dev("d").onlink().metric(50).src("192.0.2.1"));
        assertTrue(Scratch.run(nodeNamespace, "ip", "route")
                .contains("10.8.0.0/16 via 172.16.0.1 dev d proto static src 192.0.2.1 metric 50 onlink"));
    }

    @Test
    void refusalsCarryTheKernelsWords() throws Exception {
        var unreachable = assertThrows(NetlinkException.class,
                () -> node.addRoute(Route.to("198.51.100.0/24").via("192.0.2.9")));
        assertEquals("ENETUNREACH", unreachable.errnoName());
        assertEquals("Nexthop has invalid gateway", unreachable.kernelMessage().orElseThrow());
        assertEquals("add route 198.51.100.0/24", unreachable.operation());
        assertTrue(unreachable.sequence() > 0);
        var noDevice = assertThrows(dev.fairway.netlink.sys.ErrnoException.class, () -> node.setUp("nope"));
        assertEquals("ENODEV", noDevice.errnoName());
        assertThrows(IllegalArgumentException.class, () -> node.link("a/b"));
        assertThrows(IllegalArgumentException.class, () -> node.link("far-too-long-name"));
        assertThrows(IllegalArgumentException.class, () -> Veth.named("a").address("02:00"));
    }

    @Test
    void prefixes() {
        assertEquals("10.1.2.0/23", IpPrefix.parse("10.1.3.4/23").network().toString());
        assertEquals("fd00:0:0:0:0:0:0:0/9", IpPrefix.parse("fd7f::1/9").network().toString());
        assertEquals("10.1.2.3/32", IpPrefix.parse("10.1.2.3").toString());
        for (var bad : List.of("10.0.0.1/33", "10.0.0.1/-1", "::/129", "localhost/8", "10.0.0.1/x", "", "/8")) {
            assertThrows(IllegalArgumentException.class, () -> IpPrefix.parse(bad), bad);
        }
    }
}
