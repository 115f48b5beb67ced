package dev.fairway.apiserver.crd;

import dev.fairway.kube.Times;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The conditions in the status of a definition. */
final class Conditions {
    private Conditions() {
    }

    static boolean isTrue(JsonNode definition, String type) {
        return definition.path("status").path("conditions").valueStream().anyMatch(each ->
                each.path("type").asString("").equals(type) && each.path("status").asString("").equals("True"));
    }

    /** Sets one; the time of its transition stays while it holds as before. */
    static void set(ObjectNode status, String type, boolean holds, String reason, String message, Instant now) {
        ArrayNode list = status.withArrayProperty("conditions");
        String word = holds ? "True" : "False";
        ObjectNode condition = list.valueStream().filter(each -> each.path("type").asString("").equals(type))
                .map(ObjectNode.class::cast).findFirst().orElseGet(() -> list.addObject().put("type", type));
        if (!condition.path("status").asString("").equals(word)) {
            condition.put("status", word).put("lastTransitionTime", Times.format(now));
        }
        condition.put("reason", reason).put("message", message);
    }
}
