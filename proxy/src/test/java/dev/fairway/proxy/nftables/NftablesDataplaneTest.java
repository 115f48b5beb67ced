package dev.fairway.proxy.nftables;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.Hook;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.NftEvent;
import dev.fairway.netlink.nftables.NftMonitor;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.proxy.Objects;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.ServicePort;
import dev.fairway.testkit.TestNamespaces;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the dataplane writes, against the kernel. */
class NftablesDataplaneTest {
    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwnft");

    private NetworkNamespace namespace;

    @BeforeEach
    void create() throws Exception {
        namespace = namespaces.create();
    }

    private int generation() throws Exception {
        try (var nftables = Nftables.open(namespace)) {
            return nftables.generation();
        }
    }

    @Test
    void restartWritesNothing() throws Exception {
        for (var scenario : Scenario.all().toList()) {
            Rig.start(namespace, scenario).close();
            int before = generation();
            try (var rig = Rig.start(namespace, scenario)) {
                assertEquals(before, generation(), scenario.name());
                assertEquals(0, rig.last().result().rulesWritten().get("nftables"), scenario.name());
            }
        }
    }

    @Test
    void eachScenarioLeavesNothingOfTheOneBefore() throws Exception {
        for (var scenario : Scenario.all().toList()) {
            Rig.start(namespace, scenario).close();
            var fresh = namespaces.create();
            Rig.start(fresh, scenario).close();
            for (var family : IpFamily.values()) {
                assertEquals(Rig.content(fresh, family), Rig.content(namespace, family), scenario.name() + " " + family);
            }
            fresh.delete();
        }
    }

    @Test
    void aColdStartTakesSeveralTransactions() throws Exception {
        var addresses = IntStream.range(0, 100).mapToObj(i -> "10.180.0." + i).toArray(String[]::new);
        var services = IntStream.range(0, 250).mapToObj(i -> Objects.service("s" + i, "10.100.7." + i)).toList();
        var slices = IntStream.range(0, 250).mapToObj(i -> Objects.slice("s" + i, addresses)).toList();
        int before = generation();
        try (var rig = Rig.start(namespace, services, slices)) {
            int transactions = generation() - before;
            assertTrue(transactions >= 4 && transactions <= 20, () -> transactions + " transactions");
            var content = rig.content();
            assertEquals(List.of(), content.flaws());
            assertEquals(25_000, content.lists().values().stream().mapToInt(Set::size).sum());
        }
    }

    @Test
    void aChangedEndpointIsOneElement() throws Exception {
        var web = Objects.service("web", "10.100.0.10");
        try (var rig = Rig.start(namespace, List.of(web), List.of(Objects.slice("web", "10.180.0.11", "10.180.0.12", "10.180.1.11")));
                var monitor = NftMonitor.open(namespace, 1 << 20)) {
            rig.proxy().put(Objects.slice("web", "10.180.0.11", "10.180.0.12", "10.180.1.11", "10.180.1.12"));
            assertEquals(List.of("added 1 of service-endpoints"), changes(monitor));
            rig.proxy().put(Objects.slice("web", "10.180.0.12", "10.180.1.11", "10.180.1.12"));
            // The last one fills the gap.
            assertEquals(List.of("deleted 2 of service-endpoints", "added 1 of service-endpoints"), changes(monitor));
        }
    }

    /** What one transaction did, but for hairpins. */
    private static List<String> changes(NftMonitor monitor) throws Exception {
        var counts = new ArrayList<String>();
        for (boolean done = false; !done; ) {
            for (var event : monitor.receive(Duration.ofSeconds(60))) {
                switch (event) {
                    case NftEvent.Elements(int port, boolean added, var table, String set, var elements) when !set.equals("hairpins") ->
                            count(counts, (added ? "added " : "deleted ") + "N of " + set, elements.size());
                    case NftEvent.Elements hairpins -> { }
                    case NftEvent.Generation end -> done = true;
                    case NftEvent.Changed changed -> counts.add(changed.toString());
                }
            }
        }
        return counts;
    }

    /** The kernel tells each element in a message of its own. */
    private static void count(List<String> counts, String what, int number) {
        var words = counts.isEmpty() ? List.<String>of() : List.of(counts.getLast().split(" ", 3));
        var expected = what.split(" ", 3);
        if (words.size() == 3 && words.get(0).equals(expected[0]) && words.get(2).equals(expected[2])) {
            number += Integer.parseInt(words.get(1));
            counts.removeLast();
        }
        counts.add(what.replace("N", Integer.toString(number)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "delete element ip fairway service-endpoints { 10.100.0.10 . tcp . 80 . 1 }",
        "delete element ip fairway service-endpoints { 10.100.0.10 . tcp . 80 . 0 }",
        "add element ip fairway service-endpoints { 10.100.0.10 . tcp . 80 . 2 : 192.0.2.1 . 1 }",
        "add element ip fairway service-endpoints { 10.100.0.10 . tcp . 80 . 77 : 192.0.2.1 . 1 }",
        "add element ip fairway service-endpoints { 10.9.9.9 . dccp . 80 . 77 : 192.0.2.1 . 1 }",
        "add element ip fairway service-endpoints { 10.9.9.9 . tcp . 80 . 0 : 192.0.2.1 . 1 }",
        "delete element ip fairway services { 10.100.0.10 . tcp . 80 }",
        "add element ip fairway services { 10.9.9.9 . tcp . 80 : goto cluster-ip-2 }",
        "add element ip fairway services-without-endpoints { 10.100.0.10 . tcp . 80 }",
        "add element ip fairway cluster-addresses { 10.9.9.9 }",
        "delete element ip fairway cluster-addresses { 10.100.0.10 }",
        "flush set ip fairway services-without-endpoints",
        "flush map ip fairway service-endpoints",
        "flush map ip fairway nodeports",
        "flush chain ip fairway to-services",
        "flush chain ip fairway draw-service-2",
        "add rule ip fairway to-services drop",
        "insert rule ip fairway cluster-ip-2 drop",
        "add chain ip fairway stranger",
        "add chain ip fairway stranger { type filter hook input priority 0 ; policy drop ; }",
        "add set ip fairway strangers { type ipv4_addr ; }",
        "delete chain ip fairway postrouting-nat",
        "flush table ip fairway",
        "delete table ip fairway",
        "flush ruleset"})
    void whatOthersChangeIsMended(String command) throws Exception {
        var web = Objects.service("web", "10.100.0.10", new ServicePort("", Protocol.TCP, 80, 30_080));
        var idle = Objects.service("idle", "10.100.0.11");
        try (var rig = Rig.start(namespace, List.of(web, idle), List.of(Objects.slice("web", "10.180.0.11", "10.180.1.11")))) {
            var before = rig.content();
            assertEquals(List.of(), before.flaws());
            int reports = rig.reports();
            Rig.nft(namespace, command.split(" "));
            until(command, () -> rig.reports() > reports && rig.holds(before));
            rig.proxy().put(Objects.slice("web", "10.180.0.11", "10.180.0.12"));
            rig.awaitSynced();
            rig.proxy().put(Objects.slice("web", "10.180.0.11", "10.180.1.11"));
            rig.awaitSynced();
            assertEquals(before, rig.content());
        }
    }

    @Test
    void aServiceThatTheKernelRefusesIsSetAsideAndTheOthersAreApplied() throws Exception {
        var sticky = Objects.sticky("sticky", "10.100.0.20");
        var web = Objects.service("web", "10.100.0.10");
        var slices = List.of(Objects.slice("web", "10.180.0.11"), Objects.slice("sticky", "10.180.0.11"));
        Rig.start(namespace, List.of(sticky), slices).close();
        // A chain with a hook in the place of one of the Service's own: the kernel lets no rule go there.
        var name = Rig.content(namespace, IpFamily.IPV4).ownChains().keySet().stream()
                .filter(chain -> chain.endsWith("/cluster")).findFirst().orElseThrow();
        var table = Layout.of(IpFamily.IPV4).table();
        try (var nftables = Nftables.open(namespace)) {
            nftables.commit(new NftBatch().delete(table));
            nftables.commit(new NftBatch().add(table)
                    .add(Chain.base(table, name, new Hook(Hook.Type.FILTER, Hook.Point.INPUT, Hook.PRIORITY_FILTER))));
        }
        try (var rig = Rig.start(namespace, List.of(sticky, web), slices)) {
            var failed = rig.last().result().failed();
            assertEquals(Set.of(sticky.key()), failed.keySet());
            assertTrue(failed.get(sticky.key()).contains("shop/sticky"), failed::toString);
            assertEquals(1, rig.content().lists().size());
            rig.proxy().put(Objects.slice("web", "10.180.0.11", "10.180.0.12"));
            rig.awaitSynced();
            assertEquals(2, rig.content().lists().values().iterator().next().size());
        }
    }
}
