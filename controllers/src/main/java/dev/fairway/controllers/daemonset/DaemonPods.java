package dev.fairway.controllers.daemonset;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.scheduler.NodeSelector;
import dev.fairway.controllers.scheduler.Taint;
import dev.fairway.controllers.scheduler.Toleration;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The Pods of a DaemonSet: what they look like and which nodes they may be on. */
final class DaemonPods {
    static final String HASH_LABEL = "controller-revision-hash";
    private static final String GENERATION_LABEL = "pod-template-generation";

    private DaemonPods() {}

    /** What a node is to a DaemonSet. */
    record Fit(boolean shouldRun, boolean shouldContinue) {}

    /** A daemon's Pod for one node, bound to it by affinity; the scheduler does the rest. */
    static KubeObject forNode(KubeObject set, String hash, String node) {
        KubeObject pod = Pods.fromTemplate(set.at("/spec/template"), set);
        pod.metadata().put("generateName", set.name() + "-");
        ObjectNode labels = pod.metadata().withObject("/labels");
        labels.put(HASH_LABEL, hash);
        labels.put(GENERATION_LABEL, Long.toString(set.generation()));
        tolerate(pod);
        pin(pod, node);
        return pod;
    }

    /** The node that a Pod is on or is meant for; empty for neither. */
    static String nodeOf(KubeObject pod) {
        String bound = Pods.node(pod);
        if (!bound.isEmpty()) {
            return bound;
        }
        return pod.string("/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution"
                + "/nodeSelectorTerms/0/matchFields/0/values/0");
    }

    static Fit fit(KubeObject set, KubeObject node) {
        KubeObject pod = Pods.fromTemplate(set.at("/spec/template"), set);
        tolerate(pod);
        String wanted = pod.string("/spec/nodeName");
        if (!wanted.isEmpty() && !wanted.equals(node.name())
                || !NodeSelector.matches(pod, node.name(), node.labels())) {
            return new Fit(false, false);
        }
        List<Toleration> tolerations = Toleration.of(pod);
        Predicate<Taint> tolerated = taint -> tolerations.stream().anyMatch(one -> one.tolerates(taint));
        List<Taint> taints = Taint.of(node);
        return new Fit(
                taints.stream().filter(taint -> !taint.effect().equals("PreferNoSchedule")).allMatch(tolerated),
                taints.stream().filter(taint -> taint.effect().equals("NoExecute")).allMatch(tolerated));
    }

    /** Daemons stay on nodes in trouble: they may be what mends them. */
    private static void tolerate(KubeObject pod) {
        ArrayNode tolerations = pod.spec().withArray("/tolerations");
        add(tolerations, "node.kubernetes.io/not-ready", "NoExecute");
        add(tolerations, "node.kubernetes.io/unreachable", "NoExecute");
        add(tolerations, "node.kubernetes.io/disk-pressure", "NoSchedule");
        add(tolerations, "node.kubernetes.io/memory-pressure", "NoSchedule");
        add(tolerations, "node.kubernetes.io/pid-pressure", "NoSchedule");
        add(tolerations, "node.kubernetes.io/unschedulable", "NoSchedule");
        if (pod.at("/spec/hostNetwork").asBoolean(false)) {
            add(tolerations, "node.kubernetes.io/network-unavailable", "NoSchedule");
        }
    }

    private static void add(ArrayNode tolerations, String key, String effect) {
        for (JsonNode present : tolerations) {
            if (present.path("key").asString("").equals(key) && present.path("effect").asString("").equals(effect)) {
                return;
            }
        }
        tolerations.addObject().put("key", key).put("operator", "Exists").put("effect", effect);
    }

    private static void pin(KubeObject pod, String node) {
        ObjectNode field = Json.object().put("key", "metadata.name").put("operator", "In");
        field.putArray("values").add(node);
        ObjectNode affinity = pod.spec().withObject("/affinity").withObject("/nodeAffinity");
        ObjectNode required = affinity.withObject("/requiredDuringSchedulingIgnoredDuringExecution");
        ArrayNode terms = required.withArray("/nodeSelectorTerms");
        if (terms.isEmpty()) {
            terms.addObject();
        }
        // The template's own terms have let this node in; now it is the only one.
        for (JsonNode term : terms) {
            ((ObjectNode) term).putArray("matchFields").add(field.deepCopy());
        }
    }
}
