package dev.fairway.proxy.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.proxy.ConnectionLoop;
import dev.fairway.proxy.Dataplane;
import dev.fairway.proxy.LocalAddresses;
import dev.fairway.proxy.NodeProxy;
import dev.fairway.proxy.Objects;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.cleanup.Takeover;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.proxy.iptables.IptablesDataplane;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServicePort;
import dev.fairway.testkit.Topology;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** New connections all the while, from outside and from the node, as proxies of both modes and of both makes come and go. */
class NftRestartTrafficTest {
    private static final int RESTARTS = 20;
    private static final Service WEB = Objects.service("web", "10.100.0.10", new ServicePort("", Protocol.TCP, 80, 30_080));
    private static final EndpointSlice BOTH = Objects.slice("web", "10.180.0.11", "10.180.1.11");

    @Test
    void noConnectionFailsAcrossRestarts() throws Exception {
        try (var topology = ConnectionLoop.prepare(Topology.create())) {
            Rig.start(topology.node(), List.of(WEB), List.of(BOTH)).close();
            try (var loop = new ConnectionLoop().from(topology, "host", "10.100.0.10", 80)
                    .from(topology, "external", "10.100.0.10", 80)) {
                for (int i = 0; i < RESTARTS; i++) {
                    var slice = i % 2 == 0 ? BOTH : Objects.slice("web", "10.180.0.11", "10.180.0.12", "10.180.1.11");
                    var services = List.of(WEB, Objects.service("other" + i, "10.100.1." + i));
                    try (var rig = Rig.start(topology.node(), services, List.of(slice))) {
                        assertTrue(rig.last().result().failed().isEmpty());
                        loop.pass(1);
                    }
                }
                loop.assertNoneFailed();
            }
        }
    }

    @Test
    void noConnectionFailsWhenModesChange() throws Exception {
        try (var topology = ConnectionLoop.prepare(Topology.create())) {
            var proxy = start(topology.node(), ProxyMode.IPTABLES);
            try (var loop = loop(topology)) {
                for (var mode : List.of(ProxyMode.NFTABLES, ProxyMode.IPTABLES, ProxyMode.NFTABLES)) {
                    loop.pass(2);
                    proxy.close();
                    proxy = start(topology.node(), mode);
                    assertEquals(mode == ProxyMode.IPTABLES, run(topology.node(), "", "iptables-save").contains("KUBE-SERVICES"));
                    assertEquals(mode == ProxyMode.NFTABLES, tables(topology.node()).contains(NftablesDataplane.TABLE));
                }
                loop.pass(2);
                loop.assertNoneFailed();
            } finally {
                proxy.close();
            }
        }
    }

    @Test
    void noConnectionFailsWhenItTakesOverFromKubeProxyInEitherMode() throws Exception {
        var iptables = new Scenario("nodeport-cluster").text("iptables.ipv4.txt").lines()
                .filter(line -> !line.contains("nfacct"))
                .map(line -> line.startsWith(":") ? line + " - [0:0]" : line).toList();
        try (var topology = ConnectionLoop.prepare(Topology.create())) {
            run(topology.node(), KUBE_PROXY_NFTABLES, "nft", "-f", "-");
            try (var loop = loop(topology)) {
                loop.pass(2);
                var proxy = start(topology.node(), ProxyMode.NFTABLES);
                assertEquals(Set.of(NftablesDataplane.TABLE), tables(topology.node()));
                loop.pass(2);
                // And back: kube-proxy's rules count as soon as they are there.
                proxy.close();
                run(topology.node(), KUBE_PROXY_NFTABLES, "nft", "-f", "-");
                run(topology.node(), "", "nft", "delete", "table", "ip", NftablesDataplane.TABLE);
                loop.pass(2);
                run(topology.node(), String.join("\n", iptables) + "\n", "iptables-restore");
                run(topology.node(), "", "nft", "delete", "table", "ip", "kube-proxy");
                loop.pass(2);
                start(topology.node(), ProxyMode.NFTABLES).close();
                assertEquals(0, run(topology.node(), "", "iptables-save").lines().filter(line -> line.contains("KUBE-S")).count());
                loop.pass(2);
                loop.assertNoneFailed();
            }
        }
    }

    private static ConnectionLoop loop(Topology topology) {
        return new ConnectionLoop().from(topology, "host", "10.100.0.10", 80)
                .from(topology, "external", "172.21.0.2", 30080).from(topology, "pod", "10.100.0.10", 80);
    }

    private static NodeProxy start(NetworkNamespace node, ProxyMode mode) throws Exception {
        var place = Optional.of(node);
        List<Dataplane> dataplanes = switch (mode) {
            case IPTABLES -> IptablesDataplane.open(Rig.OPTIONS, Set.of(IpFamily.IPV4), place);
            case NFTABLES -> NftablesDataplane.open(Rig.OPTIONS, Set.of(IpFamily.IPV4), place);
        };
        var proxy = new NodeProxy(Scenario.NODE.name(), Rig.OPTIONS, dataplanes, LocalAddresses.ofKernel(place),
                new Takeover(mode, Set.of(IpFamily.IPV4), place));
        proxy.put(Scenario.NODE);
        proxy.start();
        proxy.replaceServices(List.of(WEB));
        proxy.replaceSlices(List.of(BOTH));
        assertTrue(proxy.awaitSynced(Duration.ofSeconds(60)));
        return proxy;
    }

    private static Set<String> tables(NetworkNamespace namespace) throws Exception {
        try (var nftables = Nftables.open(namespace)) {
            // What iptables keeps in nf_tables has names of another kind.
            return Set.copyOf(nftables.tables().stream().map(Table::name)
                    .filter(name -> name.equals("kube-proxy") || name.equals(NftablesDataplane.TABLE)).toList());
        }
    }

    private static String run(NetworkNamespace namespace, String input, String... command) throws Exception {
        var process = namespace.processBuilder(List.of(command)).redirectErrorStream(true).start();
        try (var out = process.getOutputStream()) {
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)).transferTo(out);
        }
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + output);
        return output;
    }

    /** As kube-proxy writes it for this Service, but for the chains that check and guard. */
    private static final String KUBE_PROXY_NFTABLES = """
            table ip kube-proxy {
              map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
              map service-nodeports { type inet_proto . inet_service : verdict; }
              chain endpoint-a { ip saddr 10.180.0.11 jump mark-for-masquerade
                meta l4proto tcp dnat to 10.180.0.11:8080; }
              chain endpoint-b { ip saddr 10.180.1.11 jump mark-for-masquerade
                meta l4proto tcp dnat to 10.180.1.11:8080; }
              chain service-web { ip daddr 10.100.0.10 tcp dport 80 ip saddr != 10.180.0.0/16 jump mark-for-masquerade
                numgen random mod 2 vmap { 0 : goto endpoint-a, 1 : goto endpoint-b }; }
              chain external-web { jump mark-for-masquerade
                goto service-web; }
              chain mark-for-masquerade { meta mark set meta mark | 0x4000; }
              chain masquerading { meta mark & 0x4000 == 0 return
                meta mark set meta mark ^ 0x4000
                masquerade fully-random; }
              chain services { ip daddr . meta l4proto . th dport vmap @service-ips
                fib daddr type local meta l4proto . th dport vmap @service-nodeports; }
              chain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }
              chain nat-output { type nat hook output priority -100; jump services; }
              chain nat-postrouting { type nat hook postrouting priority srcnat; jump masquerading; }
            }
            add element ip kube-proxy service-ips { 10.100.0.10 . tcp . 80 : goto service-web }
            add element ip kube-proxy service-nodeports { tcp . 30080 : goto external-web }
            """;
}
