package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.conntrack.Conntrack;
import dev.fairway.netlink.conntrack.FlowFilter;
import dev.fairway.proxy.LocalAddresses;
import dev.fairway.proxy.NodeProxy;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.testkit.Prober;
import dev.fairway.testkit.Prober.Outcome;
import dev.fairway.testkit.Prober.Target;
import dev.fairway.testkit.Topology;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Real packets go where they went with kube-proxy, for each recorded scenario. Each scenario takes over the rules that the
 * one before has left.
 */
class ScenarioTrafficTest {
    /** So many that an endpoint of four is missed once in a billion runs. */
    private static final int TRIES = 80;
    private static final int FAILING_TRIES = 6;

    private static Topology topology;

    static Stream<Scenario> scenarios() {
        return Scenario.all();
    }

    @BeforeAll
    static void build() throws IOException {
        topology = Topology.create();
        // Connections by way of different Services may come from one port; none may meet what is left of another.
        for (String pod : List.of("pa1", "pa2", "pa3", "pb1", "pb2", "pb3")) {
            topology.host(pod).sysctl("net/ipv4/tcp_max_tw_buckets", "0");
        }
    }

    @AfterAll
    static void remove() throws IOException {
        topology.close();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void packetsGoWhereTheyWentWithKubeProxy(Scenario scenario) throws Exception {
        try (Conntrack conntrack = Conntrack.open(topology.node());
                NodeProxy proxy = new NodeProxy(Scenario.NODE.name(), scenario.options(),
                        IptablesDataplane.open(scenario.options(), Set.of(IpFamily.values()), Optional.of(topology.node())),
                        LocalAddresses.ofKernel(Optional.of(topology.node())), SyncListener.NONE)) {
            proxy.put(Scenario.NODE);
            proxy.start();
            proxy.replaceServices(scenario.services());
            proxy.replaceSlices(scenario.slices());
            assertTrue(proxy.awaitSynced(Duration.ofSeconds(30)));
            conntrack.delete(FlowFilter.all(), flow -> true);
            JsonNode recorded = scenario.json("traffic.json").path("iptables");
            boolean sticky = scenario.services().stream().anyMatch(service -> service.affinitySeconds() > 0);
            for (Map.Entry<String, JsonNode> place : recorded.properties()) {
                assertEquals(expected(place.getValue(), sticky), probe(place.getKey(), place.getValue(), sticky),
                        place.getKey());
            }
        }
    }

    /** One target after the other, in the recorded order: the kernel limits how often it tells a client of a refusal. */
    private static Map<String, String> probe(String place, JsonNode targets, boolean sticky) throws IOException {
        Prober prober = Prober.from(topology.place(place));
        Map<String, String> met = new TreeMap<>();
        for (Map.Entry<String, JsonNode> target : targets.properties()) {
            int tries = target.getValue().has("failures") ? FAILING_TRIES : TRIES;
            Outcome outcome = prober.tries(tries).probe(Target.parse(target.getKey()));
            met.put(target.getKey(), text(outcome.endpoints(), outcome.failures(), sticky));
        }
        return met;
    }

    private static Map<String, String> expected(JsonNode targets, boolean sticky) {
        Map<String, String> expected = new TreeMap<>();
        for (Map.Entry<String, JsonNode> target : targets.properties()) {
            Map<String, SortedSet<String>> endpoints = new TreeMap<>();
            target.getValue().path("endpoints").properties().forEach(endpoint ->
                    endpoints.put(endpoint.getKey(), strings(endpoint.getValue())));
            expected.put(target.getKey(), text(endpoints, strings(target.getValue().path("failures")), sticky));
        }
        return expected;
    }

    private static SortedSet<String> strings(JsonNode array) {
        SortedSet<String> strings = new TreeSet<>();
        array.forEach(node -> strings.add(node.stringValue()));
        return strings;
    }

    /**
     * With affinity one Pod answers all, whichever it is. Where there are both refusals and timeouts, the kernel has kept
     * refusals back.
     */
    private static String text(Map<String, SortedSet<String>> endpoints, SortedSet<String> failures, boolean sticky) {
        boolean keptBack = failures.equals(Set.of("refused", "timeout"));
        return (sticky ? endpoints.size() + " Pod" : endpoints) + " " + (keptBack ? Set.of("refused") : failures);
    }
}
