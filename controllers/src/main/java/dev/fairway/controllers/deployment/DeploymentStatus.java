package dev.fairway.controllers.deployment;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Computes a Deployment's status: counts from its ReplicaSets' statuses, conditions from counts and time. */
final class DeploymentStatus {
    private final Rollout rollout;
    private final DeploymentConditions conditions;
    private final Instant now;
    private final int total;
    private final int updated;
    private final int ready;
    private final int available;

    DeploymentStatus(Rollout rollout, DeploymentConditions conditions, Instant now) {
        this.rollout = rollout;
        this.conditions = conditions;
        this.now = now;
        this.total = rollout.sum("replicas");
        this.updated = rollout.current().map(set -> set.status("replicas")).orElse(0);
        this.ready = rollout.sum("readyReplicas");
        this.available = rollout.sum("availableReplicas");
        if (available >= rollout.spec.replicas() - rollout.spec.maxUnavailable()) {
            conditions.set(DeploymentConditions.AVAILABLE, "True", "MinimumReplicasAvailable",
                    "Deployment has minimum availability.");
        } else {
            conditions.set(DeploymentConditions.AVAILABLE, "False", "MinimumReplicasUnavailable",
                    "Deployment does not have minimum availability.");
        }
    }

    /** Every Pod is of the new template and available, and no old one is left. */
    boolean complete() {
        int replicas = rollout.spec.replicas();
        return updated == replicas && total == replicas && available == replicas;
    }

    /** Judges the rollout's progress; not called while the Deployment is paused or only scaled. */
    void judgeProgress() {
        if (rollout.spec.progressDeadlineSeconds().isEmpty()) {
            conditions.remove(DeploymentConditions.PROGRESSING);
        } else if (!(total == updated && conditions.hasReason(
                DeploymentConditions.PROGRESSING, DeploymentConditions.NEW_REPLICA_SET_AVAILABLE))) {
            String subject = rollout.current().map(set -> "ReplicaSet \"" + set.name() + "\"")
                    .orElse("Deployment \"" + rollout.deployment.name() + "\"");
            if (complete()) {
                conditions.set(DeploymentConditions.PROGRESSING, "True",
                        DeploymentConditions.NEW_REPLICA_SET_AVAILABLE, subject + " has successfully progressed.");
            } else if (progressed()) {
                conditions.touch(
                        DeploymentConditions.PROGRESSING, "True", "ReplicaSetUpdated", subject + " is progressing.");
            } else if (timedOut()) {
                conditions.set(DeploymentConditions.PROGRESSING, "False", DeploymentConditions.TIMED_OUT,
                        subject + " has timed out progressing.");
            }
        }
        replicaFailure().ifPresentOrElse(
                failure -> conditions.set(DeploymentConditions.REPLICA_FAILURE, failure.path("status").asString(""),
                        failure.path("reason").asString(""), failure.path("message").asString("")),
                () -> conditions.remove(DeploymentConditions.REPLICA_FAILURE));
    }

    private boolean progressed() {
        JsonNode before = rollout.deployment.at("/status");
        int updatedBefore = before.path("updatedReplicas").asInt(0);
        int oldBefore = before.path("replicas").asInt(0) - updatedBefore;
        return updated > updatedBefore
                || total - updated < oldBefore
                || ready > before.path("readyReplicas").asInt(0)
                || available > before.path("availableReplicas").asInt(0);
    }

    private boolean timedOut() {
        if (conditions.hasReason(DeploymentConditions.PROGRESSING, DeploymentConditions.TIMED_OUT)) {
            return true;
        }
        return deadline().filter(at -> at.isBefore(now)).isPresent();
    }

    /** When the lack of progress will count as a time-out; empty while nothing is awaited. */
    private Optional<Instant> deadline() {
        if (rollout.spec.progressDeadlineSeconds().isEmpty()) {
            return Optional.empty();
        }
        int seconds = rollout.spec.progressDeadlineSeconds().getAsInt();
        return conditions.get(DeploymentConditions.PROGRESSING)
                .filter(condition -> !condition.reason().equals(DeploymentConditions.NEW_REPLICA_SET_AVAILABLE))
                .filter(condition -> !condition.reason().equals(DeploymentConditions.TIMED_OUT))
                .map(condition -> condition.lastUpdate().plusSeconds(seconds));
    }

    /** A second late on purpose: API times are cut to seconds. */
    Optional<Duration> checkAgain() {
        return complete() || rollout.spec.paused()
                ? Optional.empty()
                : deadline().map(at -> Duration.between(now, at.plusSeconds(1)));
    }

    private Optional<JsonNode> replicaFailure() {
        return rollout.current().flatMap(DeploymentStatus::failureOf).or(() ->
                rollout.old().stream().flatMap(set -> failureOf(set).stream()).findFirst());
    }

    private static Optional<JsonNode> failureOf(ReplicaSetView set) {
        return set.wanted().at("/status/conditions").valueStream()
                .filter(condition -> condition.path("type").asString("").equals(DeploymentConditions.REPLICA_FAILURE))
                .findFirst();
    }

    ObjectNode json() {
        KubeObject deployment = rollout.deployment;
        ObjectNode status = Json.object();
        status.put("observedGeneration", deployment.generation());
        putUnlessZero(status, "replicas", total);
        putUnlessZero(status, "updatedReplicas", updated);
        putUnlessZero(status, "readyReplicas", ready);
        putUnlessZero(status, "availableReplicas", available);
        putUnlessZero(status, "unavailableReplicas", Math.max(0, rollout.size() - available));
        putUnlessZero(status, "collisionCount", deployment.at("/status/collisionCount").asInt(0));
        status.set("conditions", conditions.json());
        return status;
    }

    private static void putUnlessZero(ObjectNode status, String field, int value) {
        if (value != 0) {
            status.put(field, value);
        }
    }
}
