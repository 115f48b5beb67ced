package dev.fairway.controllers.deployment;

import dev.fairway.kube.Json;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The conditions of a Deployment while its next status is computed. Lives for one call of the planner. */
final class DeploymentConditions {
    static final String AVAILABLE = "Available";
    static final String PROGRESSING = "Progressing";
    static final String REPLICA_FAILURE = "ReplicaFailure";
    static final String NEW_REPLICA_SET_AVAILABLE = "NewReplicaSetAvailable";
    static final String TIMED_OUT = "ProgressDeadlineExceeded";

    record Condition(
            String type, String status, String reason, String message, Instant lastUpdate, Instant lastTransition) {

        private static Condition of(JsonNode node) {
            return new Condition(
                    node.path("type").asString(""),
                    node.path("status").asString(""),
                    node.path("reason").asString(""),
                    node.path("message").asString(""),
                    Times.parse(node.path("lastUpdateTime").asString("")).orElse(Instant.EPOCH),
                    Times.parse(node.path("lastTransitionTime").asString("")).orElse(Instant.EPOCH));
        }

        private ObjectNode json() {
            return Json.object()
                    .put("type", type)
                    .put("status", status)
                    .put("lastUpdateTime", Times.format(lastUpdate))
                    .put("lastTransitionTime", Times.format(lastTransition))
                    .put("reason", reason)
                    .put("message", message);
        }
    }

    private final Instant now;
    private final Map<String, Condition> conditions = new LinkedHashMap<>();

    DeploymentConditions(JsonNode conditions, Instant now) {
        this.now = now;
        for (JsonNode condition : conditions) {
            Condition parsed = Condition.of(condition);
            this.conditions.put(parsed.type(), parsed);
        }
    }

    Optional<Condition> get(String type) {
        return Optional.ofNullable(conditions.get(type));
    }

    boolean hasReason(String type, String reason) {
        return get(type).filter(condition -> condition.reason().equals(reason)).isPresent();
    }

    /** Sets a condition; one with the same status and reason stays as it is. */
    void set(String type, String status, String reason, String message) {
        Condition before = conditions.get(type);
        if (before == null || !before.status().equals(status) || !before.reason().equals(reason)) {
            replace(type, status, reason, message);
        }
    }

    /** As {@link #set}, but the update time moves even if nothing else does: the sign of progress. */
    void touch(String type, String status, String reason, String message) {
        replace(type, status, reason, message);
    }

    private void replace(String type, String status, String reason, String message) {
        Condition before = conditions.remove(type);
        Instant transition = before != null && before.status().equals(status) ? before.lastTransition() : now;
        conditions.put(type, new Condition(type, status, reason, message, now, transition));
    }

    void remove(String type) {
        conditions.remove(type);
    }

    ArrayNode json() {
        ArrayNode array = Json.mapper().createArrayNode();
        conditions.values().forEach(condition -> array.add(condition.json()));
        return array;
    }
}
