package dev.fairway.controllers.nodelifecycle;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is to be believed of a node that is no longer heard of. Pure. */
final class NodeHealth {
    private static final List<String> CONDITIONS = List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

    private NodeHealth() {}

    /** The status of a condition, empty where the node has none of that type. */
    static String condition(KubeObject node, String type) {
        return find(node, type).map(condition -> condition.path("status").asString("")).orElse("");
    }

    private static Optional<JsonNode> find(KubeObject node, String type) {
        return node.at("/status/conditions").valueStream()
                .filter(condition -> condition.path("type").asString("").equals(type))
                .findFirst();
    }

    /** The conditions of a silent node; empty where they say so already. */
    static Optional<ArrayNode> silent(KubeObject node, Instant now) {
        ArrayNode conditions = Json.mapper().createArrayNode();
        boolean changed = false;
        for (JsonNode condition : node.at("/status/conditions")) {
            boolean ours = CONDITIONS.contains(condition.path("type").asString(""));
            if (ours && !condition.path("status").asString("").equals("Unknown")) {
                changed = true;
                conditions.add(((ObjectNode) condition.deepCopy())
                        .put("status", "Unknown")
                        .put("reason", "NodeStatusUnknown")
                        .put("message", "Kubelet stopped posting node status.")
                        .put("lastTransitionTime", Times.format(now)));
            } else {
                conditions.add(condition);
            }
        }
        for (String type : CONDITIONS) {
            if (find(node, type).isEmpty()) {
                changed = true;
                conditions.addObject()
                        .put("type", type)
                        .put("status", "Unknown")
                        .put("reason", "NodeStatusNeverUpdated")
                        .put("message", "Kubelet never posted node status.")
                        .put("lastHeartbeatTime", node.string("/metadata/creationTimestamp"))
                        .put("lastTransitionTime", Times.format(now));
            }
        }
        return changed ? Optional.of(conditions) : Optional.empty();
    }
}
