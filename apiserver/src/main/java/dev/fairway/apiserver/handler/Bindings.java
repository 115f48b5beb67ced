package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Encoder;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.request.Response;
import dev.fairway.kube.Json;
import dev.fairway.kube.Times;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The binding subresource: gives a Pod its node. */
final class Bindings {
    private Bindings() {
    }

    static Response create(Scope scope) {
        Encoder encoder = scope.encoder();
        ObjectNode binding = BodyReader.other(scope, "v1", "Binding");
        String name = binding.path("metadata").path("name").asString("");
        if (!name.isEmpty() && !name.equals(scope.name())) {
            throw Errors.badRequest("name in URL does not match name in Binding object");
        }
        String node = binding.path("target").path("name").asString("");
        String kind = binding.path("target").path("kind").asString("Node");
        if (node.isEmpty() || !kind.equals("Node") && !kind.isEmpty()) {
            throw Errors.invalid("", "Binding", scope.name(), List.of(node.isEmpty()
                    ? dev.fairway.schema.FieldError.required("target.name", "")
                    : dev.fairway.schema.FieldError.notSupported("target.kind", kind, List.of("Node", "<empty>"))));
        }
        Updates.change(scope, live -> bound(scope, live.deepCopy(), binding, node), true);
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Success").put("code", 201);
        return new Response.Whole(201, encoder.contentType(), encoder.bytes(status));
    }

    private static ObjectNode bound(Scope scope, ObjectNode pod, ObjectNode binding, String node) {
        String uid = binding.path("metadata").path("uid").asString("");
        String actual = pod.path("metadata").path("uid").asString("");
        if (!uid.isEmpty() && !uid.equals(actual)) {
            throw Errors.conflict(scope.resource(), scope.name(), "Precondition failed: UID in precondition: " + uid
                    + ", UID in object meta: " + actual);
        }
        if (pod.path("metadata").hasNonNull("deletionTimestamp")) {
            throw Errors.conflict(scope.resource(), scope.name(), "pod " + scope.name() + " is being deleted, cannot be assigned to a host");
        }
        String assigned = pod.path("spec").path("nodeName").asString("");
        if (!assigned.isEmpty()) {
            throw Errors.conflict(scope.resource(), scope.name(), "pod " + scope.name() + " is already assigned to node \"" + assigned + "\"");
        }
        ObjectNode spec = pod.withObject("/spec");
        if (!spec.path("schedulingGates").isEmpty()) {
            throw Errors.conflict(scope.resource(), scope.name(), "pod " + scope.name() + " has non-empty .spec.schedulingGates");
        }
        spec.put("nodeName", node);
        for (Map.Entry<String, JsonNode> annotation : binding.path("metadata").path("annotations").properties()) {
            pod.withObject("/metadata").withObject("/annotations").set(annotation.getKey(), annotation.getValue());
        }
        scheduled(pod.withObject("/status"), Times.format(scope.machinery().clock().instant()));
        return pod;
    }

    private static void scheduled(ObjectNode status, String now) {
        ArrayNode conditions = status.get("conditions") instanceof ArrayNode existing ? existing : status.putArray("conditions");
        for (int i = 0; i < conditions.size(); i++) {
            if (conditions.get(i).path("type").asString("").equals("PodScheduled")) {
                conditions.remove(i);
                break;
            }
        }
        conditions.addObject().put("type", "PodScheduled").put("status", "True").putNull("lastProbeTime")
                .put("lastTransitionTime", now);
    }
}
