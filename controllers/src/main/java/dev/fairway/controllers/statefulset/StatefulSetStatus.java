package dev.fairway.controllers.statefulset;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.Collection;
import tools.jackson.databind.node.ObjectNode;

/** The status of a StatefulSet, from its Pods. */
final class StatefulSetStatus {
    private StatefulSetStatus() {}

    static ObjectNode of(
            KubeObject set, Collection<KubeObject> pods, String current, String update, Instant now) {
        StatefulSetSpec spec = StatefulSetSpec.of(set);
        int ready = 0;
        int available = 0;
        int ofCurrent = 0;
        int ofUpdate = 0;
        int replicas = 0;
        for (KubeObject pod : pods) {
            replicas++;
            ready += Pods.ready(pod) && Pods.phase(pod).equals("Running") ? 1 : 0;
            available += Pods.available(pod, spec.minReadySeconds(), now) ? 1 : 0;
            if (!pod.deleting()) {
                ofCurrent += StatefulPods.revision(pod).equals(current) ? 1 : 0;
                ofUpdate += StatefulPods.revision(pod).equals(update) ? 1 : 0;
            }
        }
        // When every Pod is of the new revision and ready, the update is over: it becomes the current one.
        boolean complete = spec.rolling() && !current.equals(update)
                && ofUpdate == replicas && ready == replicas && replicas == spec.replicas();
        ObjectNode status = Json.object();
        status.put("observedGeneration", set.generation());
        status.put("replicas", replicas);
        putUnlessZero(status, "readyReplicas", ready);
        putUnlessZero(status, "currentReplicas", complete ? ofUpdate : ofCurrent);
        putUnlessZero(status, "updatedReplicas", ofUpdate);
        status.put("currentRevision", complete ? update : current);
        status.put("updateRevision", update);
        status.put("collisionCount", set.at("/status/collisionCount").asInt(0));
        status.put("availableReplicas", available);
        return status;
    }

    private static void putUnlessZero(ObjectNode status, String field, int value) {
        if (value != 0) {
            status.put(field, value);
        }
    }
}
