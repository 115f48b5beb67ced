package dev.fairway.controllers.scheduler;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.KubeObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Nodes with their Pods, kept up to date by watch events and by the scheduler's own decisions: a Pod whose binding
 * is on its way already counts where it goes.
 */
final class ClusterView {
    private final Map<String, NodeInfo> nodes = new TreeMap<>();
    /** Pods on nodes, also on nodes that are not known (yet). */
    private final Map<String, Map<String, PodInfo>> podsByNode = new HashMap<>();
    private final Map<String, String> nodeByPod = new HashMap<>();
    private final Map<String, String> assumed = new HashMap<>();

    synchronized Collection<NodeInfo> nodes() {
        return List.copyOf(nodes.values());
    }

    /** Returns whether Pods that went nowhere might now have a place. */
    synchronized boolean nodeChanged(Optional<KubeObject> before, Optional<KubeObject> after) {
        if (after.isEmpty()) {
            nodes.remove(before.orElseThrow().name());
            return false;
        }
        KubeObject node = after.get();
        NodeInfo known = nodes.get(node.name());
        NodeInfo now = NodeInfo.of(node, podsByNode.getOrDefault(node.name(), Map.of()));
        nodes.put(node.name(), now);
        return known == null || !known.equals(now);
    }

    /** Returns whether room became free. */
    synchronized boolean podChanged(Optional<KubeObject> before, Optional<KubeObject> after) {
        Optional<KubeObject> placed = after.filter(pod -> !Pods.node(pod).isEmpty() && !Pods.terminal(pod));
        if (placed.isPresent()) {
            assumed.remove(placed.get().uid());
            if (before.filter(old -> sameToTheScheduler(old, placed.get())).isPresent()) {
                return false;
            }
            place(PodInfo.of(placed.get()), Pods.node(placed.get()));
            return false;
        }
        String uid = after.or(() -> before).orElseThrow().uid();
        if (after.isPresent() && assumed.containsKey(uid)) {
            return false;
        }
        assumed.remove(uid);
        return remove(uid);
    }

    /** Most changes of a running Pod are of its status, which no decision looks at. */
    private static boolean sameToTheScheduler(KubeObject before, KubeObject after) {
        return before.at("/spec").equals(after.at("/spec"))
                && before.at("/metadata/labels").equals(after.at("/metadata/labels"))
                && before.deleting() == after.deleting()
                && Pods.terminal(before) == Pods.terminal(after);
    }

    /** Counts a Pod where it is about to go. */
    synchronized void assume(PodInfo pod, String node) {
        assumed.put(pod.uid(), node);
        place(pod, node);
    }

    /** Takes back {@link #assume}, after a binding that failed. */
    synchronized void forget(String uid) {
        if (assumed.remove(uid) != null) {
            remove(uid);
        }
    }

    synchronized boolean assumed(String uid) {
        return assumed.containsKey(uid);
    }

    private void place(PodInfo pod, String node) {
        String before = nodeByPod.put(pod.uid(), node);
        if (before != null && !before.equals(node)) {
            drop(pod.uid(), before);
        }
        podsByNode.computeIfAbsent(node, name -> new HashMap<>()).put(pod.uid(), pod);
        nodes.computeIfPresent(node, (name, info) -> info.plus(pod));
    }

    private boolean remove(String uid) {
        String node = nodeByPod.remove(uid);
        if (node == null) {
            return false;
        }
        drop(uid, node);
        return true;
    }

    private void drop(String uid, String node) {
        podsByNode.computeIfPresent(node, (name, pods) -> {
            pods.remove(uid);
            return pods.isEmpty() ? null : pods;
        });
        nodes.computeIfPresent(node, (name, info) -> info.minus(uid));
    }
}
