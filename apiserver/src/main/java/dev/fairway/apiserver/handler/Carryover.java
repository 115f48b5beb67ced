package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.Subresource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an update leaves as it was: the server's own metadata, and the part the request's path does not write. */
final class Carryover {
    private static final List<String> SERVER_OWNED =
            List.of("creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation");
    private static final List<String> KEPT_IF_ABSENT = List.of("name", "namespace", "uid", "generateName");

    private Carryover() {
    }

    /** Puts back into {@code object} what this request may not change. */
    static void keep(Scope scope, ObjectNode object, ObjectNode live) {
        ObjectNode metadata = object.withObject("/metadata");
        JsonNode liveMetadata = live.path("metadata");
        for (String field : SERVER_OWNED) {
            restore(metadata, liveMetadata, field);
        }
        for (String field : KEPT_IF_ABSENT) {
            if (metadata.path(field).asString("").isEmpty()) {
                restore(metadata, liveMetadata, field);
            }
        }
        if (!metadata.has("managedFields")) {
            restore(metadata, liveMetadata, "managedFields");
        }
        metadata.remove("selfLink");
        switch (scope.subresource()) {
            case null -> {
                if (scope.resource().has(Subresource.STATUS)) {
                    restore(object, live, "status");
                }
            }
            case STATUS -> onlyStatus(scope.resource(), object, live);
            case BINDING -> {
                // Made from the live object: the node goes into the spec, PodScheduled into the status.
            }
            default -> restore(object, live, "status");
        }
    }

    private static void onlyStatus(ResourceDefinition resource, ObjectNode object, ObjectNode live) {
        JsonNode status = object.get("status");
        ObjectNode metadata = live.path("metadata").deepCopy().asObject();
        if (resource.group().isEmpty()) {
            restore(metadata, object.path("metadata"), "labels");
            restore(metadata, object.path("metadata"), "annotations");
        }
        restore(metadata, object.path("metadata"), "managedFields");
        restore(metadata, object.path("metadata"), "resourceVersion");
        object.removeAll();
        for (Map.Entry<String, JsonNode> field : live.properties()) {
            object.set(field.getKey(), field.getValue().deepCopy());
        }
        object.set("metadata", metadata);
        if (status == null) {
            object.remove("status");
        } else {
            object.set("status", status);
        }
    }

    private static void restore(ObjectNode target, JsonNode source, String field) {
        JsonNode value = source.get(field);
        if (value == null) {
            target.remove(field);
        } else {
            target.set(field, value.deepCopy());
        }
    }

    /** Whether two trees say the same, in whatever order of fields, apart from their resourceVersion. */
    static boolean sameContent(ObjectNode object, ObjectNode live) {
        return sameFields(object, live, List.of("metadata"))
                && sameFields(object.path("metadata"), live.path("metadata"), List.of("resourceVersion", "selfLink"));
    }

    private static boolean sameFields(JsonNode left, JsonNode right, List<String> apartFrom) {
        return Stream.concat(left.propertyStream(), right.propertyStream()).map(Map.Entry::getKey)
                .allMatch(field -> apartFrom.contains(field) || left.path(field).equals(right.path(field)));
    }

    /** Raises the generation when anything but metadata and status has changed. */
    static void countGeneration(ResourceDefinition resource, ObjectNode object, ObjectNode live) {
        if (resource.generation() && !specOf(resource, object).equals(specOf(resource, live))) {
            ObjectNode metadata = (ObjectNode) object.get("metadata");
            metadata.put("generation", metadata.path("generation").asLong(0) + 1);
        }
    }

    private static ObjectNode specOf(ResourceDefinition resource, ObjectNode object) {
        ObjectNode spec = object.objectNode();
        object.properties().forEach(field -> {
            boolean status = field.getKey().equals("status") && resource.has(Subresource.STATUS);
            boolean counts = !field.getKey().equals("metadata") && !field.getKey().equals("apiVersion") && !status;
            if (counts) {
                spec.set(field.getKey(), field.getValue());
            }
        });
        return spec;
    }
}
