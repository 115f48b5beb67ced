package dev.fairway.controllers.deployment;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The annotations by which Deployment and ReplicaSets keep account of a rollout; kubectl reads them too. */
final class DeploymentAnnotations {
    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
    static final String DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";
    static final String MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";
    /** Upstream's bound for the history annotation, in characters. */
    private static final int MAX_HISTORY = 2_000;

    private static final Set<String> NOT_COPIED = Set.of(
            "kubectl.kubernetes.io/last-applied-configuration",
            "deprecated.deployment.rollback.to",
            REVISION,
            REVISION_HISTORY,
            DESIRED_REPLICAS,
            MAX_REPLICAS);

    private DeploymentAnnotations() {}

    /** What a Deployment hands down to its newest ReplicaSet. */
    static Map<String, String> handedDown(Map<String, String> ofDeployment) {
        Map<String, String> copy = new HashMap<>(ofDeployment);
        copy.keySet().removeAll(NOT_COPIED);
        return copy;
    }

    /** The revision, and the ones it had before when an old ReplicaSet becomes the newest again. */
    static Map<String, String> revision(Map<String, String> ofSet, long current, long newest) {
        if (current >= newest) {
            return Map.of();
        }
        Map<String, String> changes = new HashMap<>();
        changes.put(REVISION, Long.toString(newest));
        String old = ofSet.get(REVISION);
        if (old != null) {
            String history = ofSet.getOrDefault(REVISION_HISTORY, "");
            String longer = history.isEmpty() ? old : history + "," + old;
            while (longer.length() > MAX_HISTORY) {
                longer = longer.substring(longer.indexOf(',') + 1);
            }
            changes.put(REVISION_HISTORY, longer);
        }
        return changes;
    }

    /** The sizes of the Deployment, by which a later scaling knows its proportions. */
    static Map<String, String> sizes(DeploymentSpec spec) {
        return Map.of(
                DESIRED_REPLICAS, Integer.toString(spec.replicas()),
                MAX_REPLICAS, Integer.toString(spec.replicas() + spec.maxSurge()));
    }
}
