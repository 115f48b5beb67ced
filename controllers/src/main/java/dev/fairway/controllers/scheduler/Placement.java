package dev.fairway.controllers.scheduler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Where a Pod goes. Pure: the same Pod and nodes give the same answer. */
sealed interface Placement {
    record On(String node) implements Placement {}

    /** @param message as in the FailedScheduling Event */
    record Nowhere(String message) implements Placement {}

    static Placement choose(
            PodInfo pod, Collection<NodeInfo> nodes, Function<String, Map<String, String>> namespaceLabels) {
        if (nodes.isEmpty()) {
            return new Nowhere("no nodes available to schedule pods");
        }
        Filters filters = new Filters(nodes, namespaceLabels);
        List<NodeInfo> feasible = new ArrayList<>();
        Map<String, Integer> against = new TreeMap<>();
        for (NodeInfo node : nodes) {
            List<String> reasons = filters.reasons(pod, node);
            if (reasons.isEmpty()) {
                feasible.add(node);
            }
            reasons.forEach(reason -> against.merge(reason, 1, Integer::sum));
        }
        if (feasible.isEmpty()) {
            return new Nowhere("0/" + nodes.size() + " nodes are available: " + String.join(", ", against.entrySet()
                    .stream()
                    .map(reason -> reason.getValue() + " " + reason.getKey())
                    .sorted()
                    .toList()) + ".");
        }
        return new On(feasible.stream().min(preference(pod, nodes)).orElseThrow().name());
    }

    /**
     * The better node first: fewest unwelcome taints, most wishes met, evenest spread, fewest replicas of the same
     * set, most room; the name decides what is left.
     */
    private static Comparator<NodeInfo> preference(PodInfo pod, Collection<NodeInfo> nodes) {
        return Comparator.<NodeInfo>comparingLong(node -> node.taints().stream()
                        .filter(taint -> taint.effect().equals("PreferNoSchedule"))
                        .filter(taint -> !taint.toleratedBy(pod.tolerations()))
                        .count())
                .thenComparingInt(node -> -NodeSelector.preference(pod.pod(), node.name(), node.labels()))
                .thenComparingInt(node -> TopologySpread.skew(pod, node, nodes))
                .thenComparingLong(node -> replicas(pod, node))
                .thenComparingDouble(node -> use(node, "cpu") + use(node, "memory"))
                .thenComparingDouble(node -> use(node, Resources.PODS))
                .thenComparing(NodeInfo::name);
    }

    private static long replicas(PodInfo pod, NodeInfo node) {
        return pod.owner().isEmpty() ? 0 : node.pods().values().stream()
                .filter(other -> other.owner().equals(pod.owner()))
                .count();
    }

    private static double use(NodeInfo node, String resource) {
        long all = node.allocatable().get(resource);
        return all == 0 ? 1 : (double) node.requested().get(resource) / all;
    }
}
