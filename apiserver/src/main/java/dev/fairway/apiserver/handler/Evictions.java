package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Encoder;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.errors.StatusException.Cause;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.apiserver.request.Response;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import dev.fairway.kube.Times;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The eviction subresource: a deletion that a PodDisruptionBudget may refuse. */
final class Evictions {
    private static final Set<String> NOT_RUNNING = Set.of("Succeeded", "Failed", "Pending");

    private Evictions() {
    }

    static Response create(Scope scope) {
        Encoder encoder = scope.encoder();
        ObjectNode eviction = BodyReader.other(scope, "policy/v1", "Eviction");
        String name = eviction.path("metadata").path("name").asString("");
        if (!name.isEmpty() && !name.equals(scope.name())) {
            throw Errors.badRequest("name in URL does not match name in Eviction object");
        }
        ObjectNode pod = scope.machinery().objects().require(scope.resource(), scope.namespace(), scope.name()).toTree();
        boolean counts = !NOT_RUNNING.contains(pod.path("status").path("phase").asString(""))
                && !pod.path("metadata").hasNonNull("deletionTimestamp");
        if (counts) {
            List<ObjectNode> budgets = budgets(scope, pod);
            if (budgets.size() > 1) {
                throw Errors.internal("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
            }
            if (!budgets.isEmpty() && !scope.dryRun()) {
                spend(scope, budgets.getFirst().path("metadata").path("name").asString(""), pod);
            }
        }
        byte[] options = Json.bytes(eviction.path("deleteOptions").isObject() ? eviction.get("deleteOptions") : Json.object());
        Deletes.delete(scope.forObject(scope.namespace(), scope.name(), null).withBody(options));
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Success").put("code", 201);
        return new Response.Whole(201, encoder.contentType(), encoder.bytes(status));
    }

    private static List<ObjectNode> budgets(Scope scope, ObjectNode pod) {
        Map<String, String> labels = KubeObject.strings(pod.path("metadata").path("labels"));
        return scope.machinery().list(disruptionBudgets(scope), scope.namespace()).stream()
                .filter(budget -> budget.path("spec").path("selector").isObject())
                .filter(budget -> LabelSelector.ofJson(budget.path("spec").path("selector")).matches(labels))
                .toList();
    }

    private static ResourceDefinition disruptionBudgets(Scope scope) {
        return scope.machinery().resources().require("policy", "poddisruptionbudgets");
    }

    private static void spend(Scope scope, String name, ObjectNode pod) {
        Scope status = scope.forResource(disruptionBudgets(scope), scope.namespace(), name, Subresource.STATUS);
        Updates.change(status, live -> {
            ObjectNode budget = live.deepCopy();
            ObjectNode numbers = budget.withObject("/status");
            boolean observed = numbers.path("observedGeneration").asLong(0)
                    >= budget.path("metadata").path("generation").asLong(0);
            int allowed = numbers.path("disruptionsAllowed").asInt(0);
            if (!observed || allowed <= 0) {
                throw refused(name, numbers, observed);
            }
            numbers.put("disruptionsAllowed", allowed - 1);
            numbers.withObject("/disruptedPods").put(pod.path("metadata").path("name").asString(""),
                    Times.format(scope.machinery().clock().instant()));
            return budget;
        }, true);
    }

    private static RuntimeException refused(String name, JsonNode numbers, boolean observed) {
        String why = observed
                ? "The disruption budget " + name + " needs " + numbers.path("desiredHealthy").asInt(0)
                + " healthy pods and has " + numbers.path("currentHealthy").asInt(0) + " currently"
                : "The disruption budget " + name + " is still being processed by the server.";
        return Errors.tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.",
                new Cause("DisruptionBudget", why, ""));
    }
}
