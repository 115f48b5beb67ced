package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.Objects;
import dev.fairway.proxy.SyncReport;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServicePort;
import dev.fairway.testkit.TestNamespaces;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The mode iptables against the kernel. */
class IptablesDataplaneTest {
    private static final Duration MENDED_WITHIN = Duration.ofSeconds(60);

    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwipt");

    private final List<Service> services = new ArrayList<>();
    private final List<EndpointSlice> slices = new ArrayList<>();

    IptablesDataplaneTest() {
        for (int i = 1; i <= 20; i++) {
            services.add(Objects.service("s" + i, "10.100.0." + i));
            slices.add(Objects.slice("s" + i, "10.180.0." + i, "10.180.1." + i));
        }
    }

    @Test
    void restartLeavesRulesAlone() throws Exception {
        Kernel kernel = new Kernel(namespaces.create());
        Rig.start(kernel.namespace(), services, slices).close();
        String before = kernel.rules(IpFamily.IPV4);
        try (Rig again = Rig.start(kernel.namespace(), services, slices)) {
            assertEquals(0, again.rulesWritten());
            assertEquals(before, kernel.rules(IpFamily.IPV4));
        }
    }

    @Test
    void restartWritesTheDifferenceOnly() throws Exception {
        NetworkNamespace namespace = namespaces.create();
        Rig.start(namespace, services, slices).close();
        slices.set(3, Objects.slice("s4", "10.180.0.4", "10.180.1.4", "10.180.1.44"));
        try (Rig again = Rig.start(namespace, services, slices)) {
            // The masquerade rule and three ways in the Service's chain, and two rules of the new endpoint.
            assertEquals(Map.of("nat", 6), again.last().result().rulesWritten());
        }
    }

    @Test
    void theKernelPrintsEveryKindOfRuleAsItWasWritten() throws Exception {
        Random random = new Random(11);
        List<Service> any = new ArrayList<>();
        List<EndpointSlice> ofAny = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            any.add(Objects.random(random, "r" + i, i));
            ofAny.add(Objects.randomSlice(random, "r" + i, 1));
            ofAny.add(Objects.randomSlice(random, "r" + i, 2));
        }
        NetworkNamespace namespace = namespaces.create();
        new Rig(IptablesDataplane.open(Rig.OPTIONS, Set.of(IpFamily.values()), Optional.of(namespace)), any, ofAny).close();
        try (Rig again = new Rig(IptablesDataplane.open(Rig.OPTIONS, Set.of(IpFamily.values()), Optional.of(namespace)), any,
                ofAny)) {
            assertEquals(0, again.rulesWritten());
        }
    }

    @Test
    void largeClusterDoesWithoutCommentsAndGrowsIntoThemServiceByService() throws Exception {
        String[] many = new String[1000];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.180." + (i / 250) + "." + (i % 250);
        }
        List<Service> two = List.of(Objects.service("big", "10.100.0.1"), Objects.service("small", "10.100.0.2"));
        Kernel kernel = new Kernel(namespaces.create());
        try (Rig rig = Rig.start(kernel.namespace(), two, List.of(Objects.slice("big", many)))) {
            assertTrue(kernel.rules(IpFamily.IPV4).contains("shop/big -> 10.180.0.0:8080"));
            rig.proxy().put(Objects.slice("small", "10.181.0.1"));
            rig.awaitSynced();
            String rules = kernel.rules(IpFamily.IPV4);
            assertTrue(rules.contains("shop/big -> 10.180.0.0:8080"), "what has not changed is not written again");
            assertFalse(rules.contains("shop/small -> "));
        }
        try (Rig again = Rig.start(kernel.namespace(), two,
                List.of(Objects.slice("big", many), Objects.slice("small", "10.181.0.1")))) {
            assertEquals(0, again.rulesWritten());
        }
    }

    @Test
    void aChangeTouchesItsServiceOnly() throws Exception {
        try (Rig rig = Rig.start(namespaces.create(), services, slices)) {
            rig.proxy().put(Objects.slice("s7", "10.180.0.7"));
            rig.awaitSynced();
            SyncReport report = rig.last();
            assertFalse(report.result().full());
            assertEquals(Map.of("nat", 2), report.result().rulesWritten());
            assertEquals(Set.of(Objects.key("s7")), Set.copyOf(report.changes().stream().map(c -> c.key()).toList()));
        }
    }

    @Test
    void totalsCountWhatTheKernelHas() throws Exception {
        Kernel kernel = new Kernel(namespaces.create());
        try (Rig rig = Rig.start(kernel.namespace(), services, slices)) {
            rig.proxy().removeService(Objects.key("s3"));
            rig.proxy().put(Objects.slice("s9"));
            rig.awaitSynced();
            long rules = kernel.rules(IpFamily.IPV4).lines().filter(line -> line.startsWith("-A KUBE-")).count();
            assertEquals(rules, rig.last().result().rulesTotal().values().stream().mapToInt(n -> n).sum());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "-t nat -F KUBE-SERVICES",
        "-t nat -F",
        "-t filter -F",
        "-t nat -D PREROUTING 1",
        "-t nat -F KUBE-POSTROUTING",
        "-t nat -I KUBE-SERVICES -s 192.0.2.0/24 -j RETURN",
        "-t nat -D KUBE-SERVICES 5",
        "-t filter -F KUBE-FORWARD",
    })
    void foreignChangeIsMendedInTime(String change) throws Exception {
        Kernel kernel = new Kernel(namespaces.create());
        try (Rig rig = Rig.start(kernel.namespace(), services, slices)) {
            String good = kernel.rules(IpFamily.IPV4);
            kernel.iptables(change.split(" "));
            awaitRules(kernel, good);
            assertTrue(rig.last().result().full());
        }
    }

    @Test
    void wholeTableGoneIsMendedInTime() throws Exception {
        Kernel kernel = new Kernel(namespaces.create());
        try (Rig rig = Rig.start(kernel.namespace(), services, slices)) {
            String good = kernel.rules(IpFamily.IPV4);
            assertEquals(0, kernel.namespace().processBuilder("nft", "flush", "ruleset").start().waitFor());
            awaitRules(kernel, good);
            assertTrue(rig.last().result().full());
        }
    }

    @Test
    void littleMissingIsMendedByLittle() throws Exception {
        Kernel kernel = new Kernel(namespaces.create());
        try (Rig rig = Rig.start(kernel.namespace(), services, slices)) {
            String good = kernel.rules(IpFamily.IPV4);
            kernel.iptables("-t", "nat", "-D", "KUBE-SERVICES", "5");
            awaitRules(kernel, good);
            rig.awaitSynced();
            assertEquals(Map.of("nat", 1), rig.last().result().rulesWritten());
        }
    }

    @Test
    void oneForeignChangeIsLookedAtOnceInEachFamily() throws Exception {
        Kernel kernel = new Kernel(namespaces.create());
        try (Rig rig = new Rig(IptablesDataplane.open(Rig.OPTIONS, Set.of(IpFamily.values()), Optional.of(kernel.namespace())),
                services, slices)) {
            String good = kernel.rules(IpFamily.IPV4);
            kernel.iptables("-t", "nat", "-F");
            awaitRules(kernel, good);
            rig.awaitSynced();
            for (IpFamily family : IpFamily.values()) {
                assertEquals(2, rig.reports().stream()
                        .filter(report -> report.result().full() && report.state().family() == family).count());
            }
        }
    }

    @Test
    void whatTheKernelRefusesIsSetAsideAlone() throws Exception {
        Kernel kernel = new Kernel(namespaces.create());
        // The object that rules of node ports are to count in is said to exist, but does not.
        PacketCounters lying = names -> Set.of(PacketCounters.LOCALHOST_NODE_PORTS);
        IptablesDataplane dataplane = new IptablesDataplane(IpFamily.IPV4, Rig.OPTIONS, kernel.commands(), lying,
                Sysctls.of(Optional.of(kernel.namespace())), RulesetGeneration.open(Optional.of(kernel.namespace()), false));
        services.set(4, Objects.service("s5", "10.100.0.5", new ServicePort("", Protocol.TCP, 80, 30_005)));
        try (Rig rig = new Rig(List.of(dataplane), services, slices)) {
            assertEquals(Set.of(Objects.key("s5")), rig.last().result().failed().keySet());
            String rules = kernel.rules(IpFamily.IPV4);
            assertFalse(rules.contains("\"shop/s5"), rules);
            assertTrue(rules.contains("shop/s6 cluster IP"), rules);

            rig.proxy().put(Objects.slice("s6", "10.180.0.66"));
            rig.awaitSynced();
            assertEquals(Set.of(Objects.key("s5")), rig.last().result().failed().keySet());
            assertTrue(kernel.rules(IpFamily.IPV4).contains("10.180.0.66:8080"));

            rig.proxy().put(Objects.service("s5", "10.100.0.5"));
            rig.awaitSynced();
            assertEquals(Map.of(), rig.last().result().failed());
            assertTrue(kernel.rules(IpFamily.IPV4).contains("shop/s5 cluster IP"));
        }
    }

    /** Their chains take several calls of iptables-restore, some of them at a time. */
    @Test
    void manyServicesAreLedToInOrder() throws Exception {
        Kernel kernel = new Kernel(namespaces.create());
        List<Service> many = IntStream.range(1000, 2200)
                .mapToObj(i -> Objects.service("m" + i, "10.101." + i / 250 + "." + i % 250)).toList();
        List<EndpointSlice> behind = IntStream.range(1000, 2200)
                .mapToObj(i -> Objects.slice("m" + i, "10.180." + i / 250 + "." + i % 250)).toList();
        try (var _ = Rig.start(kernel.namespace(), many, behind)) {
            List<String> led = kernel.rules(IpFamily.IPV4).lines().filter(line -> line.startsWith("-A KUBE-SERVICES -d"))
                    .map(line -> line.replaceFirst(".*shop/(m\\d+) cluster IP.*", "$1")).toList();
            assertEquals(many.stream().map(each -> each.key().name()).toList(), led);
        }
        try (Rig again = Rig.start(kernel.namespace(), many, behind)) {
            assertEquals(0, again.rulesWritten());
        }
    }

    @Test
    void staleChainThatSomebodyUsesStaysAndOthersGo() throws Exception {
        Kernel kernel = new Kernel(namespaces.create());
        Rig.start(kernel.namespace(), services, slices).close();
        String used = kernel.rules(IpFamily.IPV4).lines().filter(line -> line.startsWith(":KUBE-SEP-")).findFirst()
                .orElseThrow().substring(1);
        kernel.iptables("-t", "nat", "-A", "OUTPUT", "-s", "192.0.2.1", "-j", used);
        try (Rig rig = Rig.start(kernel.namespace(), List.of(), List.of())) {
            List<String> chains = kernel.rules(IpFamily.IPV4).lines().filter(line -> line.startsWith(":KUBE-S")
                    && !line.equals(":KUBE-SERVICES")).toList();
            assertEquals(List.of(":" + used), chains);
            assertEquals(Map.of(), rig.last().result().failed());
        }
    }

    @Test
    void bulkChangeIsWrittenInWhole() throws Exception {
        Kernel kernel = new Kernel(namespaces.create());
        try (Rig rig = Rig.start(kernel.namespace(), List.of(), List.of())) {
            rig.proxy().replaceServices(services);
            rig.proxy().replaceSlices(slices);
            rig.awaitSynced();
            String incremental = kernel.rules(IpFamily.IPV4);
            Kernel fresh = new Kernel(namespaces.create());
            Rig.start(fresh.namespace(), services, slices).close();
            assertEquals(fresh.rules(IpFamily.IPV4), incremental);
            rig.proxy().replaceServices(List.of());
            rig.awaitSynced();
            assertFalse(kernel.rules(IpFamily.IPV4).contains("KUBE-SVC"));
        }
    }

    private static void awaitRules(Kernel kernel, String wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + MENDED_WITHIN.toNanos();
        String now = kernel.rules(IpFamily.IPV4);
        while (!now.equals(wanted) && System.nanoTime() < deadline) {
            now = kernel.rules(IpFamily.IPV4);
        }
        assertEquals(wanted, now);
    }
}
