package dev.fairway.kube;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** ClusterRoles with an {@code aggregationRule}, whose rules are those of the ClusterRoles that it selects. */
public final class AggregatedRules {
    private AggregatedRules() {}

    /** Whether a ClusterRole is the sum of others. */
    public static boolean aggregates(KubeObject role) {
        return !role.at("/aggregationRule/clusterRoleSelectors").isEmpty();
    }

    /** The rules of an aggregate: those of the selected roles in the order of their names, each once. */
    public static ArrayNode of(KubeObject aggregate, Collection<KubeObject> roles) {
        List<LabelSelector> selectors = aggregate.at("/aggregationRule/clusterRoleSelectors").valueStream()
                .map(LabelSelector::ofJson)
                .toList();
        Set<JsonNode> rules = new LinkedHashSet<>();
        roles.stream()
                .filter(role -> !role.name().equals(aggregate.name()))
                .filter(role -> selectors.stream().anyMatch(selector -> selector.matches(role.labels())))
                .sorted(Comparator.comparing(KubeObject::name))
                .forEach(role -> role.at("/rules").forEach(rules::add));
        ArrayNode array = Json.mapper().createArrayNode();
        rules.forEach(array::add);
        return array;
    }
}
