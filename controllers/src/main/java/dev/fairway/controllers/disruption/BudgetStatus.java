package dev.fairway.controllers.disruption;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.IntOrPercent;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The status of a PodDisruptionBudget, from the Pods that it covers. Pure. */
final class BudgetStatus {
    /** How long an eviction that has been granted counts, should its Pod not go. */
    static final Duration GRANT = Duration.ofMinutes(2);

    private BudgetStatus() {}

    /**
     * Computes the status.
     *
     * @param pods the Pods that the budget selects
     * @param scale how many Pods their controllers ask for in all; empty where that cannot be told
     */
    static ObjectNode of(KubeObject budget, Collection<KubeObject> pods, Optional<Integer> scale, Instant now) {
        Map<String, String> granted = granted(budget, pods, now);
        int healthy = (int) pods.stream()
                .filter(pod -> !pod.deleting() && Pods.ready(pod) && !granted.containsKey(pod.name()))
                .count();
        int expected;
        int desired;
        JsonNode maxUnavailable = budget.at("/spec/maxUnavailable");
        JsonNode minAvailable = budget.at("/spec/minAvailable");
        if (!maxUnavailable.isMissingNode()) {
            expected = scale.orElse(pods.size());
            desired = Math.max(0, expected - IntOrPercent.resolve(maxUnavailable, expected, true, 0));
        } else if (minAvailable.isString()) {
            expected = scale.orElse(pods.size());
            desired = IntOrPercent.resolve(minAvailable, expected, true, 1);
        } else {
            expected = pods.size();
            desired = minAvailable.asInt(1);
        }
        int allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
        ObjectNode status = Json.object();
        status.put("observedGeneration", budget.generation());
        if (!granted.isEmpty()) {
            ObjectNode into = status.putObject("disruptedPods");
            granted.forEach(into::put);
        }
        status.put("disruptionsAllowed", allowed);
        status.put("currentHealthy", healthy);
        status.put("desiredHealthy", desired);
        status.put("expectedPods", expected);
        status.putArray("conditions").add(condition(budget, allowed > 0, now));
        return status;
    }

    private static Map<String, String> granted(KubeObject budget, Collection<KubeObject> pods, Instant now) {
        Map<String, String> granted = new TreeMap<>(KubeObject.strings(budget.at("/status/disruptedPods")));
        granted.entrySet().removeIf(grant -> {
            boolean waiting = pods.stream().anyMatch(pod -> pod.name().equals(grant.getKey()) && !pod.deleting());
            boolean fresh = Times.parse(grant.getValue()).filter(at -> at.plus(GRANT).isAfter(now)).isPresent();
            return !waiting || !fresh;
        });
        return granted;
    }

    private static ObjectNode condition(KubeObject budget, boolean allowed, Instant now) {
        String status = allowed ? "True" : "False";
        String since = budget.at("/status/conditions").valueStream()
                .filter(before -> before.path("type").asString("").equals("DisruptionAllowed"))
                .filter(before -> before.path("status").asString("").equals(status))
                .map(before -> before.path("lastTransitionTime").asString(""))
                .findFirst()
                .orElse(Times.format(now));
        return Json.object()
                .put("type", "DisruptionAllowed")
                .put("status", status)
                .put("observedGeneration", budget.generation())
                .put("lastTransitionTime", since)
                .put("reason", allowed ? "SufficientPods" : "InsufficientPods")
                .put("message", "");
    }
}
