package dev.fairway.controllers.scheduler;

import dev.fairway.kube.KubeObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Which nodes a Pod may or would rather run on: {@code nodeSelector} and {@code nodeAffinity}. */
public final class NodeSelector {
    private static final String AFFINITY = "/spec/affinity/nodeAffinity";

    private NodeSelector() {}

    /** True where a node meets everything that the Pod requires of its node's labels and name. */
    public static boolean matches(KubeObject pod, String nodeName, Map<String, String> labels) {
        Map<String, String> selector = KubeObject.strings(pod.at("/spec/nodeSelector"));
        if (!labels.entrySet().containsAll(selector.entrySet())) {
            return false;
        }
        JsonNode required = pod.at(AFFINITY + "/requiredDuringSchedulingIgnoredDuringExecution");
        return required.isMissingNode() || required.isNull() || required.path("nodeSelectorTerms").valueStream()
                .anyMatch(term -> matchesTerm(term, nodeName, labels));
    }

    /** The sum of the weights of the preferences that a node meets. */
    static int preference(KubeObject pod, String nodeName, Map<String, String> labels) {
        return pod.at(AFFINITY + "/preferredDuringSchedulingIgnoredDuringExecution").valueStream()
                .filter(preference -> matchesTerm(preference.path("preference"), nodeName, labels))
                .mapToInt(preference -> preference.path("weight").asInt(0))
                .sum();
    }

    private static boolean matchesTerm(JsonNode term, String nodeName, Map<String, String> labels) {
        JsonNode expressions = term.path("matchExpressions");
        JsonNode fields = term.path("matchFields");
        // A term without conditions matches nothing.
        return !(expressions.isEmpty() && fields.isEmpty())
                && expressions.valueStream().allMatch(expression -> matches(expression, labels))
                && fields.valueStream().allMatch(field -> matches(field, Map.of("metadata.name", nodeName)));
    }

    private static boolean matches(JsonNode expression, Map<String, String> labels) {
        String value = labels.get(expression.path("key").asString(""));
        Set<String> values = expression.path("values").valueStream()
                .map(node -> node.asString(""))
                .collect(Collectors.toSet());
        return switch (expression.path("operator").asString("")) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> compare(value, values) > 0;
            case "Lt" -> compare(value, values) < 0;
            default -> false;
        };
    }

    /** As whole numbers; 0 where a side is none. */
    private static int compare(String value, Set<String> values) {
        try {
            List<String> one = List.copyOf(values);
            return value == null || one.size() != 1
                    ? 0
                    : Long.compare(Long.parseLong(value), Long.parseLong(one.getFirst()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
