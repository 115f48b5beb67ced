package dev.fairway.controllers.replicaset;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The status of a set, from its Pods and the last failure to make or delete one. */
final class ReplicaSetStatus {
    private static final String REPLICA_FAILURE = "ReplicaFailure";

    /** Why Pods could not be made or deleted. */
    record Failure(String reason, String message) {}

    private ReplicaSetStatus() {}

    static ObjectNode of(
            KubeObject set, Collection<KubeObject> active, Optional<Failure> failure, Instant now) {
        Map<String, String> templateLabels = KubeObject.strings(set.at("/spec/template/metadata/labels"));
        long minReadySeconds = set.at("/spec/minReadySeconds").asLong(0);
        int labelled = 0;
        int ready = 0;
        int available = 0;
        for (KubeObject pod : active) {
            if (pod.labels().entrySet().containsAll(templateLabels.entrySet())) {
                labelled++;
            }
            if (Pods.ready(pod)) {
                ready++;
            }
            if (Pods.available(pod, minReadySeconds, now)) {
                available++;
            }
        }
        ObjectNode status = Json.object();
        status.put("replicas", active.size());
        putUnlessZero(status, "fullyLabeledReplicas", labelled);
        putUnlessZero(status, "readyReplicas", ready);
        putUnlessZero(status, "availableReplicas", available);
        status.put("observedGeneration", set.generation());
        ArrayNode conditions = conditions(set, failure, now);
        if (!conditions.isEmpty()) {
            status.set("conditions", conditions);
        }
        return status;
    }

    private static ArrayNode conditions(KubeObject set, Optional<Failure> failure, Instant now) {
        ArrayNode conditions = Json.mapper().createArrayNode();
        boolean had = false;
        for (JsonNode condition : set.at("/status/conditions")) {
            boolean isFailure = condition.path("type").asString("").equals(REPLICA_FAILURE);
            had |= isFailure;
            if (!isFailure || failure.isPresent()) {
                conditions.add(condition);
            }
        }
        if (failure.isPresent() && !had) {
            conditions.addObject()
                    .put("type", REPLICA_FAILURE)
                    .put("status", "True")
                    .put("lastTransitionTime", Times.format(now))
                    .put("reason", failure.get().reason())
                    .put("message", failure.get().message());
        }
        return conditions;
    }

    private static void putUnlessZero(ObjectNode status, String field, int value) {
        if (value != 0) {
            status.put(field, value);
        }
    }
}
