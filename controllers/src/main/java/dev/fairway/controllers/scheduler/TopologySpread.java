package dev.fairway.controllers.scheduler;

import dev.fairway.kube.LabelSelector;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** {@code topologySpreadConstraints}: how uneven the matching Pods may be spread over a topology's domains. */
final class TopologySpread {
    private static final String MISMATCH = "node(s) didn't match pod topology spread constraints";

    private TopologySpread() {}

    static List<String> reasons(PodInfo pod, NodeInfo node, Collection<NodeInfo> nodes) {
        for (JsonNode constraint : pod.pod().at("/spec/topologySpreadConstraints")) {
            if (!constraint.path("whenUnsatisfiable").asString("DoNotSchedule").equals("DoNotSchedule")) {
                continue;
            }
            String key = constraint.path("topologyKey").asString("");
            String domain = node.labels().get(key);
            if (domain == null) {
                return List.of(MISMATCH + " (missing required label)");
            }
            LabelSelector selector = selector(constraint, pod);
            Map<String, Integer> counts = counts(constraint, key, selector, pod, nodes);
            int fewest = counts.values().stream().mapToInt(Integer::intValue).min().orElse(0);
            if (counts.size() < constraint.path("minDomains").asInt(1)) {
                fewest = 0;
            }
            int own = selector.matches(pod.labels()) ? 1 : 0;
            if (counts.getOrDefault(domain, 0) + own - fewest > constraint.path("maxSkew").asInt(1)) {
                return List.of(MISMATCH);
            }
        }
        return List.of();
    }

    /** How far above the emptiest domain a node would be, over all constraints that are only wishes. */
    static int skew(PodInfo pod, NodeInfo node, Collection<NodeInfo> nodes) {
        int skew = 0;
        for (JsonNode constraint : pod.pod().at("/spec/topologySpreadConstraints")) {
            String key = constraint.path("topologyKey").asString("");
            String domain = node.labels().get(key);
            if (constraint.path("whenUnsatisfiable").asString("").equals("ScheduleAnyway") && domain != null) {
                Map<String, Integer> counts = counts(constraint, key, selector(constraint, pod), pod, nodes);
                int fewest = counts.values().stream().mapToInt(Integer::intValue).min().orElse(0);
                skew += counts.getOrDefault(domain, 0) - fewest;
            }
        }
        return skew;
    }

    private static LabelSelector selector(JsonNode constraint, PodInfo pod) {
        return AffinityTerm.withLabelKeys(
                LabelSelector.ofJson(constraint.path("labelSelector")), constraint, pod.labels());
    }

    private static Map<String, Integer> counts(
            JsonNode constraint, String key, LabelSelector selector, PodInfo pod, Collection<NodeInfo> nodes) {
        boolean honourAffinity = !constraint.path("nodeAffinityPolicy").asString("").equals("Ignore");
        boolean honourTaints = constraint.path("nodeTaintsPolicy").asString("").equals("Honor");
        Map<String, Integer> counts = new HashMap<>();
        for (NodeInfo node : nodes) {
            String domain = node.labels().get(key);
            boolean counted = domain != null
                    && (!honourAffinity || NodeSelector.matches(pod.pod(), node.name(), node.labels()))
                    && (!honourTaints || node.taints().stream()
                            .noneMatch(taint -> taint.blocks() && !taint.toleratedBy(pod.tolerations())));
            if (counted) {
                int matching = (int) node.pods().values().stream()
                        .filter(other -> other.pod().namespace().equals(pod.pod().namespace()))
                        .filter(other -> !other.pod().deleting() && selector.matches(other.labels()))
                        .count();
                counts.merge(domain, matching, Integer::sum);
            }
        }
        return counts;
    }
}
