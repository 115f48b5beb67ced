package dev.fairway.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.netlink.conntrack.Conntrack;
import dev.fairway.netlink.conntrack.FlowFilter;
import dev.fairway.testkit.Prober;
import dev.fairway.testkit.Prober.Outcome;
import dev.fairway.testkit.Prober.Target;
import dev.fairway.testkit.Topology;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Sends the packets that were sent when kube-proxy was recorded, and compares where they go. */
public final class RecordedTraffic {
    /** So many that an endpoint of four is missed once in a billion runs. */
    private static final int TRIES = 80;
    private static final int FAILING_TRIES = 6;

    private RecordedTraffic() {}

    /** A topology in which connections by way of different Services never meet what is left of one another. */
    public static Topology topology() throws IOException {
        Topology topology = Topology.create();
        for (String pod : List.of("pa1", "pa2", "pa3", "pb1", "pb2", "pb3")) {
            topology.host(pod).sysctl("net/ipv4/tcp_max_tw_buckets", "0");
        }
        return topology;
    }

    /** @param mode {@code iptables} or {@code nftables} */
    public static void assertGoesAsRecorded(Scenario scenario, String mode, Topology topology) throws IOException {
        try (Conntrack conntrack = Conntrack.open(topology.node())) {
            conntrack.delete(FlowFilter.all(), flow -> true);
        }
        boolean sticky = scenario.services().stream().anyMatch(service -> service.affinitySeconds() > 0);
        JsonNode recorded = scenario.json("traffic.json").path(mode);
        for (Map.Entry<String, JsonNode> place : recorded.properties()) {
            Set<String> refusing = refusing(recorded.path("pod"));
            assertEquals(expected(place.getValue(), sticky, refusing),
                    probe(Prober.from(topology.place(place.getKey())), place.getValue(), sticky, refusing), place.getKey());
        }
    }

    /**
     * The targets that refuse Pods. They refuse everybody, but the kernel limits how often it tells one host of that, and
     * counts the redirects that it sends to the client outside the cluster: what that one sees depends on what was before.
     */
    private static Set<String> refusing(JsonNode fromPod) {
        return fromPod.properties().stream()
                .filter(target -> strings(target.getValue().path("failures")).contains("refused"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** One target after the other, in the recorded order. */
    private static Map<String, String> probe(Prober prober, JsonNode targets, boolean sticky, Set<String> refusing)
            throws IOException {
        Map<String, String> met = new TreeMap<>();
        for (Map.Entry<String, JsonNode> target : targets.properties()) {
            int tries = target.getValue().has("failures") ? FAILING_TRIES : TRIES;
            Outcome outcome = prober.tries(tries).probe(Target.parse(target.getKey()));
            met.put(target.getKey(),
                    text(outcome.endpoints(), outcome.failures(), sticky, refusing.contains(target.getKey())));
        }
        return met;
    }

    private static Map<String, String> expected(JsonNode targets, boolean sticky, Set<String> refusing) {
        Map<String, String> expected = new TreeMap<>();
        for (Map.Entry<String, JsonNode> target : targets.properties()) {
            Map<String, SortedSet<String>> endpoints = new TreeMap<>();
            target.getValue().path("endpoints").properties().forEach(endpoint ->
                    endpoints.put(endpoint.getKey(), strings(endpoint.getValue())));
            expected.put(target.getKey(), text(endpoints, strings(target.getValue().path("failures")), sticky,
                    refusing.contains(target.getKey())));
        }
        return expected;
    }

    private static SortedSet<String> strings(JsonNode array) {
        SortedSet<String> strings = new TreeSet<>();
        array.forEach(node -> strings.add(node.stringValue()));
        return strings;
    }

    /** With affinity one Pod answers all, whichever it is. */
    private static String text(
            Map<String, SortedSet<String>> endpoints, SortedSet<String> failures, boolean sticky, boolean refusing) {
        boolean keptBack = failures.contains("refused") && failures.contains("timeout") || refusing && !failures.isEmpty();
        return (sticky ? endpoints.size() + " Pod" : endpoints) + " " + (keptBack ? Set.of("refused") : failures);
    }
}
