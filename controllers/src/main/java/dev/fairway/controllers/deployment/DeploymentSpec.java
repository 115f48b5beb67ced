package dev.fairway.controllers.deployment;

import dev.fairway.controllers.runtime.IntOrPercent;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * What a Deployment asks for, with percentages resolved.
 *
 * @param progressDeadlineSeconds seconds without progress after which a rollout counts as stuck; empty for never
 * @param revisionHistoryLimit how many old ReplicaSets are kept
 */
record DeploymentSpec(
        int replicas,
        Strategy strategy,
        LabelSelector selector,
        boolean paused,
        long minReadySeconds,
        OptionalInt progressDeadlineSeconds,
        int revisionHistoryLimit) {

    /** How Pods of the old template give way to the new. */
    sealed interface Strategy {
        record Recreate() implements Strategy {}

        /** Both in Pods. */
        record RollingUpdate(int maxSurge, int maxUnavailable) implements Strategy {}
    }

    static DeploymentSpec of(KubeObject deployment) {
        JsonNode spec = deployment.at("/spec");
        int replicas = spec.path("replicas").asInt(1);
        int deadline = spec.path("progressDeadlineSeconds").asInt(600);
        return new DeploymentSpec(
                replicas,
                strategy(spec.path("strategy"), replicas),
                LabelSelector.ofJson(spec.path("selector")),
                spec.path("paused").asBoolean(false),
                spec.path("minReadySeconds").asLong(0),
                // The API's way to say "no deadline".
                deadline == Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of(deadline),
                spec.path("revisionHistoryLimit").asInt(10));
    }

    private static Strategy strategy(JsonNode strategy, int replicas) {
        if (strategy.path("type").asString("RollingUpdate").equals("Recreate")) {
            return new Strategy.Recreate();
        }
        JsonNode rolling = strategy.path("rollingUpdate");
        int surge = IntOrPercent.resolve(rolling.path("maxSurge"), replicas, true, percent25(replicas, true));
        int unavailable =
                IntOrPercent.resolve(rolling.path("maxUnavailable"), replicas, false, percent25(replicas, false));
        if (surge == 0 && unavailable == 0) {
            // Two percentages may both round to zero; then nothing could ever move.
            unavailable = 1;
        }
        return new Strategy.RollingUpdate(surge, Math.min(unavailable, replicas));
    }

    private static int percent25(int replicas, boolean roundUp) {
        return (int) (roundUp ? Math.ceil(replicas * 0.25) : Math.floor(replicas * 0.25));
    }

    int maxSurge() {
        return switch (strategy) {
            case Strategy.Recreate() -> 0;
            case Strategy.RollingUpdate(int surge, int ignored) -> surge;
        };
    }

    int maxUnavailable() {
        return switch (strategy) {
            case Strategy.Recreate() -> 0;
            case Strategy.RollingUpdate(int ignored, int unavailable) -> unavailable;
        };
    }
}
