package dev.fairway.controllers.pods;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.OwnerReference;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Questions about a Pod's state, as upstream's controllers mean them, and Pods made from templates. */
public final class Pods {
    private Pods() {}

    public static String phase(KubeObject pod) {
        return pod.string("/status/phase");
    }

    /** The node it is bound to; empty while it is not scheduled. */
    public static String node(KubeObject pod) {
        return pod.string("/spec/nodeName");
    }

    /** Ended for good: {@code Succeeded} or {@code Failed}. */
    public static boolean terminal(KubeObject pod) {
        String phase = phase(pod);
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /** Counts as a replica: neither ended nor being deleted. */
    public static boolean active(KubeObject pod) {
        return !terminal(pod) && !pod.deleting();
    }

    /** The condition of a type; a missing node where there is none. */
    public static JsonNode condition(KubeObject pod, String type) {
        for (JsonNode condition : pod.at("/status/conditions")) {
            if (condition.path("type").asString("").equals(type)) {
                return condition;
            }
        }
        return tools.jackson.databind.node.MissingNode.getInstance();
    }

    public static boolean ready(KubeObject pod) {
        return condition(pod, "Ready").path("status").asString("").equals("True");
    }

    /** Since when the Ready condition has its value. */
    public static Optional<Instant> readyTransition(KubeObject pod) {
        return Times.parse(condition(pod, "Ready").path("lastTransitionTime").asString(""));
    }

    /** When a Pod is or will be available: ready for {@code minReadySeconds}; empty while it is not ready. */
    public static Optional<Instant> availableAt(KubeObject pod, long minReadySeconds) {
        if (!ready(pod)) {
            return Optional.empty();
        }
        Optional<Instant> since = readyTransition(pod);
        return minReadySeconds == 0
                ? Optional.of(since.orElse(Instant.MIN))
                : since.map(instant -> instant.plusSeconds(minReadySeconds));
    }

    public static boolean available(KubeObject pod, long minReadySeconds, Instant now) {
        return availableAt(pod, minReadySeconds).filter(at -> !at.isAfter(now)).isPresent();
    }

    /** The most restarts of any of its containers. */
    public static int restarts(KubeObject pod) {
        int most = 0;
        for (JsonNode status : pod.at("/status/containerStatuses")) {
            most = Math.max(most, status.path("restartCount").asInt(0));
        }
        return most;
    }

    /** A Pod after a template, without a name, controlled by its owner. */
    public static KubeObject fromTemplate(JsonNode template, KubeObject owner) {
        ObjectNode json = Json.object().put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = json.putObject("metadata").put("namespace", owner.namespace());
        for (String field : new String[] {"labels", "annotations", "finalizers"}) {
            JsonNode value = template.path("metadata").path(field);
            if (!value.isMissingNode() && !value.isEmpty()) {
                metadata.set(field, value.deepCopy());
            }
        }
        metadata.putArray("ownerReferences").add(OwnerReference.controllerOf(owner).json());
        json.set("spec", template.path("spec").deepCopy());
        return new KubeObject(json);
    }

    /** The strategic merge patch of a Pod's status that sets one condition; the server keys conditions by type. */
    public static ObjectNode conditionPatch(
            KubeObject pod, String type, String status, String reason, String message, Instant now) {
        JsonNode before = condition(pod, type);
        boolean same = before.path("status").asString("").equals(status);
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", pod.uid());
        ObjectNode condition = patch.putObject("status").putArray("conditions").addObject();
        condition.put("type", type).put("status", status);
        condition.put("reason", reason).put("message", message);
        condition.put("lastTransitionTime", same
                ? before.path("lastTransitionTime").asString(Times.format(now))
                : Times.format(now));
        return patch;
    }

    /** True where a refusal to create means that the namespace is on its way out. */
    public static boolean namespaceTerminating(dev.fairway.kube.client.ApiException refusal) {
        return refusal.code() == 403 && refusal.getMessage().contains("because it is being terminated");
    }

}
