package dev.fairway.controllers.scheduler;

import dev.fairway.kube.KubeObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A node with the Pods that run there or are on their way.
 *
 * @param pods by UID
 * @param requested the sum of their requests
 */
record NodeInfo(
        String name,
        Map<String, String> labels,
        boolean unschedulable,
        List<Taint> taints,
        Resources allocatable,
        Map<String, PodInfo> pods,
        Resources requested) {

    static NodeInfo of(KubeObject node, Map<String, PodInfo> pods) {
        Resources requested = Resources.NONE;
        for (PodInfo pod : pods.values()) {
            requested = requested.plus(pod.requests());
        }
        return new NodeInfo(
                node.name(),
                node.labels(),
                node.at("/spec/unschedulable").asBoolean(false),
                Taint.of(node),
                Resources.of(node.at("/status/allocatable")),
                Map.copyOf(pods),
                requested);
    }

    NodeInfo plus(PodInfo pod) {
        NodeInfo without = minus(pod.uid());
        Map<String, PodInfo> more = new LinkedHashMap<>(without.pods);
        more.put(pod.uid(), pod);
        return new NodeInfo(name, labels, unschedulable, taints, allocatable, Map.copyOf(more),
                without.requested.plus(pod.requests()));
    }

    NodeInfo minus(String uid) {
        PodInfo gone = pods.get(uid);
        if (gone == null) {
            return this;
        }
        Map<String, PodInfo> less = new LinkedHashMap<>(pods);
        less.remove(uid);
        return new NodeInfo(name, labels, unschedulable, taints, allocatable, Map.copyOf(less),
                requested.minus(gone.requests()));
    }
}
