package dev.fairway.controllers.deployment;

import dev.fairway.kube.KubeObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * One step of a Deployment towards what it asks for.
 *
 * @param create the ReplicaSet of a new template
 * @param updates ReplicaSets as they are to be
 * @param deletions ReplicaSets beyond the history limit
 * @param events messages of {@code ScalingReplicaSet} Events, told once the writes are done
 * @param revision the revision to note on the Deployment
 * @param status the Deployment's status after this step
 * @param checkAgain when mere time may change the status; empty for never
 */
record DeploymentPlan(
        Optional<KubeObject> create,
        List<KubeObject> updates,
        List<KubeObject> deletions,
        List<String> events,
        Optional<String> revision,
        ObjectNode status,
        Optional<Duration> checkAgain) {}
