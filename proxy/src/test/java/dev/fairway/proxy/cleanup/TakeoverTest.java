package dev.fairway.proxy.cleanup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.SyncReport;
import dev.fairway.proxy.SyncResult;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.proxy.iptables.Kernel;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.StateTable;
import dev.fairway.testkit.TestNamespaces;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TakeoverTest {
    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwtake");

    @Test
    void nftablesTablesGoOnceBothFamiliesAreServed() throws Exception {
        NetworkNamespace namespace = namespaces.create();
        for (String table : List.of("ip kube-proxy", "ip6 kube-proxy", "inet mine")) {
            String[] words = table.split(" ");
            assertEquals(0, namespace.processBuilder("nft", "add", "table", words[0], words[1]).start().waitFor());
        }
        Takeover takeover = new Takeover(ProxyMode.IPTABLES, Set.of(IpFamily.values()), Optional.of(namespace));
        takeover.synced(report(IpFamily.IPV4));
        takeover.synced(report(IpFamily.IPV4));
        assertEquals(Set.of("kube-proxy", "mine"), tables(namespace));
        takeover.synced(report(IpFamily.IPV6));
        assertEquals(Set.of("mine"), tables(namespace));
    }

    @Test
    void iptablesChainsGo() throws Exception {
        Kernel kernel = new Kernel(namespaces.create());
        kernel.restore(IpFamily.IPV4, new Scenario("clusterip-many").text("iptables.ipv4.txt").lines()
                .filter(line -> !line.contains("nfacct"))
                .map(line -> line.startsWith(":") ? line + " - [0:0]" : line)
                .collect(Collectors.joining("\n", "", "\n")));
        new Takeover(ProxyMode.NFTABLES, Set.of(IpFamily.IPV4), Optional.of(kernel.namespace())).synced(report(IpFamily.IPV4));
        assertEquals(0, kernel.rules(IpFamily.IPV4).lines().filter(line -> line.contains("KUBE-S")).count());
    }

    private static SyncReport report(IpFamily family) {
        NodeState node = NodeState.of(new Scenario("clusterip-one").options(), family, Scenario.NODE, List.of());
        return new SyncReport(new StateTable(family, node), new SyncResult(true, Map.of(), Map.of(), Map.of()), List.of(),
                List.of(), Duration.ZERO);
    }

    private static Set<String> tables(NetworkNamespace namespace) throws IOException {
        try (Nftables nftables = Nftables.open(namespace)) {
            Set<String> names = new TreeSet<>();
            nftables.tables().forEach(table -> names.add(table.name()));
            return names;
        }
    }
}
