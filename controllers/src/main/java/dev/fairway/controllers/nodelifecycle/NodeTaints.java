package dev.fairway.controllers.nodelifecycle;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The taints that follow from a node's conditions (KEP-382). Pure. */
final class NodeTaints {
    private static final String PREFIX = "node.kubernetes.io/";

    private record Key(String key, String effect) {}

    private static final Set<Key> OURS = Set.of(
            new Key(PREFIX + "not-ready", "NoSchedule"),
            new Key(PREFIX + "not-ready", "NoExecute"),
            new Key(PREFIX + "unreachable", "NoSchedule"),
            new Key(PREFIX + "unreachable", "NoExecute"),
            new Key(PREFIX + "memory-pressure", "NoSchedule"),
            new Key(PREFIX + "disk-pressure", "NoSchedule"),
            new Key(PREFIX + "pid-pressure", "NoSchedule"),
            new Key(PREFIX + "network-unavailable", "NoSchedule"),
            new Key(PREFIX + "unschedulable", "NoSchedule"));

    private NodeTaints() {}

    private static Set<Key> wanted(KubeObject node) {
        Set<Key> keys = new LinkedHashSet<>();
        String ready = NodeHealth.condition(node, "Ready");
        String trouble = ready.equals("Unknown") ? "unreachable" : ready.equals("False") ? "not-ready" : "";
        if (!trouble.isEmpty()) {
            keys.add(new Key(PREFIX + trouble, "NoSchedule"));
            keys.add(new Key(PREFIX + trouble, "NoExecute"));
        }
        for (String[] pressure : new String[][] {
            {"MemoryPressure", "memory-pressure"},
            {"DiskPressure", "disk-pressure"},
            {"PIDPressure", "pid-pressure"},
            {"NetworkUnavailable", "network-unavailable"}
        }) {
            if (NodeHealth.condition(node, pressure[0]).equals("True")) {
                keys.add(new Key(PREFIX + pressure[1], "NoSchedule"));
            }
        }
        if (node.at("/spec/unschedulable").asBoolean(false)) {
            keys.add(new Key(PREFIX + "unschedulable", "NoSchedule"));
        }
        return keys;
    }

    /** The node's taints as they should be, those of others left alone; empty where they are. */
    static Optional<ArrayNode> change(KubeObject node, Instant now) {
        // A node that has said nothing yet keeps the taints that it came with.
        if (NodeHealth.condition(node, "Ready").isEmpty()) {
            return Optional.empty();
        }
        Set<Key> missing = wanted(node);
        ArrayNode taints = Json.mapper().createArrayNode();
        boolean changed = false;
        for (JsonNode taint : node.at("/spec/taints")) {
            Key key = new Key(taint.path("key").asString(""), taint.path("effect").asString(""));
            if (missing.remove(key) || !OURS.contains(key)) {
                taints.add(taint);
            } else {
                changed = true;
            }
        }
        for (Key key : missing) {
            changed = true;
            taints.addObject().put("key", key.key()).put("effect", key.effect()).put("timeAdded", Times.format(now));
        }
        return changed ? Optional.of(taints) : Optional.empty();
    }
}
