package dev.fairway.controllers.namespace;

import dev.fairway.kube.Json;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The conditions by which a Namespace tells why it is still there. */
final class NamespaceConditions {
    private NamespaceConditions() {}

    static ArrayNode of(JsonNode before, NamespaceContent content, List<String> discoveryFailures, Instant now) {
        ArrayNode conditions = Json.mapper().createArrayNode();
        add(conditions, before, now, "NamespaceDeletionDiscoveryFailure", discoveryFailures.isEmpty(),
                "ResourcesDiscovered", "All resources successfully discovered",
                "DiscoveryFailed", "Discovery failed for some groups: " + String.join(", ", discoveryFailures));
        add(conditions, before, now, "NamespaceDeletionGroupVersionParsingFailure", true,
                "ParsedGroupVersions", "All legacy kube types successfully parsed", "", "");
        add(conditions, before, now, "NamespaceDeletionContentFailure", content.failures().isEmpty(),
                "ContentDeleted", "All content successfully deleted, may be waiting on finalization",
                "ContentDeletionFailed",
                "Failed to delete all resource types: " + String.join(", ", content.failures()));
        add(conditions, before, now, "NamespaceContentRemaining", content.remaining().isEmpty(),
                "ContentRemoved", "All content successfully removed",
                "SomeResourcesRemain", "Some resources are remaining: "
                        + list(content.remaining(), " has ", " resource instances"));
        add(conditions, before, now, "NamespaceFinalizersRemaining", content.finalizers().isEmpty(),
                "ContentHasNoFinalizers", "All content-preserving finalizers finished",
                "SomeFinalizersRemain", "Some content in the namespace has finalizers remaining: "
                        + list(content.finalizers(), " in ", " resource instances"));
        return conditions;
    }

    private static String list(Map<String, Integer> counts, String between, String after) {
        return counts.entrySet().stream()
                .map(count -> count.getKey() + (between.equals(" has ") ? "." : "") + between + count.getValue() + after)
                .collect(Collectors.joining(", "));
    }

    private static void add(
            ArrayNode conditions, JsonNode before, Instant now, String type, boolean good,
            String goodReason, String goodMessage, String badReason, String badMessage) {
        String status = good ? "False" : "True";
        String since = before.valueStream()
                .filter(condition -> condition.path("type").asString("").equals(type))
                .filter(condition -> condition.path("status").asString("").equals(status))
                .map(condition -> condition.path("lastTransitionTime").asString(""))
                .findFirst()
                .orElse(Times.format(now));
        conditions.addObject()
                .put("type", type)
                .put("status", status)
                .put("lastTransitionTime", since)
                .put("reason", good ? goodReason : badReason)
                .put("message", good ? goodMessage : badMessage);
    }
}
