package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.proxy.ConnectionLoop;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.cleanup.Cleanup;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.testkit.Topology;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** From kube-proxy's mode iptables to Fairway and back, with new connections all the while. */
class TakeoverTrafficTest {
    private static final Scenario RECORDED = new Scenario("nodeport-cluster");
    private static final Set<IpFamily> FAMILIES = EnumSet.allOf(IpFamily.class);

    private static String file(IpFamily family) {
        return switch (family) {
            case IPV4 -> "iptables.ipv4.txt";
            case IPV6 -> "iptables.ipv6.txt";
        };
    }

    /** What kube-proxy gives to iptables-restore: its chains anew. The jumps to them it sets only where they are missing. */
    private static String written(IpFamily family, boolean jumps) {
        return RECORDED.text(file(family)).lines()
                .filter(line -> jumps || !line.startsWith("-A ") || line.startsWith("-A KUBE-"))
                .map(line -> line.startsWith(":") ? line + " - [0:0]" : line)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static void kubeProxyStarts(Kernel kernel, boolean jumps) throws IOException {
        new NfacctCounters(Optional.of(kernel.namespace()))
                .ensure(Set.of(PacketCounters.INVALID_DROPPED, PacketCounters.LOCALHOST_NODE_PORTS));
        for (IpFamily family : FAMILIES) {
            kernel.restore(family, written(family, jumps));
        }
    }

    private static String rules(Kernel kernel) throws IOException {
        return kernel.rules(IpFamily.IPV4) + "\n" + kernel.rules(IpFamily.IPV6);
    }

    private static ConnectionLoop loop(Topology topology) {
        return new ConnectionLoop().from(topology, "host", "10.100.0.10", 80)
                .from(topology, "external", "172.21.0.2", 30080).from(topology, "pod", "10.100.0.10", 80);
    }

    private static Rig fairway(Topology topology) throws Exception {
        return new Rig(IptablesDataplane.open(RECORDED.options(), FAMILIES, Optional.of(topology.node())),
                RECORDED.services(), RECORDED.slices());
    }

    @Test
    void noConnectionFailsFromKubeProxyToFairwayAndBack() throws Exception {
        try (Topology topology = ConnectionLoop.prepare(Topology.create())) {
            Kernel kernel = new Kernel(topology.node());
            kubeProxyStarts(kernel, true);
            String kubeProxys = rules(kernel);
            try (ConnectionLoop loop = loop(topology)) {
                for (int i = 0; i < 3; i++) {
                    loop.pass(2);
                    try (Rig rig = fairway(topology)) {
                        assertTrue(rig.last().result().failed().isEmpty());
                        assertEquals(0, rig.rulesWritten(), "kube-proxy's rules are taken as they are");
                        loop.pass(2);
                    }
                    // Every chain and jump that kube-proxy looks for is there, in its own words.
                    assertEquals(kubeProxys, rules(kernel));
                    kubeProxyStarts(kernel, false);
                    assertEquals(kubeProxys, rules(kernel));
                }
                loop.pass(2);
                loop.assertNoneFailed();
            }
        }
    }

    /** What does not go through a Service has nothing to do with it. */
    @Test
    void cleaningUpBreaksNothingElse() throws Exception {
        try (Topology topology = ConnectionLoop.prepare(Topology.create())) {
            Kernel kernel = new Kernel(topology.node());
            try (ConnectionLoop loop = new ConnectionLoop().from(topology, "host", "10.180.0.11", 8080)
                    .from(topology, "pod", "10.180.1.11", 8080)) {
                for (int i = 0; i < 3; i++) {
                    fairway(topology).close();
                    assertTrue(rules(kernel).contains("KUBE-SERVICES"));
                    loop.pass(1);
                    assertTrue(new Cleanup(Optional.of(topology.node())).iptables());
                    assertEquals(0, rules(kernel).lines().filter(line -> line.contains("KUBE-S")).count());
                    loop.pass(1);
                }
                loop.assertNoneFailed();
            }
        }
    }
}
