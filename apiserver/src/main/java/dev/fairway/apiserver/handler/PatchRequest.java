package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Bodies;
import dev.fairway.apiserver.encode.Conversions;
import dev.fairway.apiserver.encode.MediaRange;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.patch.JsonPatch;
import dev.fairway.apiserver.patch.MergePatch;
import dev.fairway.apiserver.patch.StrategicMergePatch;
import dev.fairway.apiserver.registry.ObjectSchema;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.request.Request;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A decoded patch of any of the four types. */
sealed interface PatchRequest {
    List<String> TYPES = List.of("application/json-patch+json", "application/merge-patch+json",
            "application/strategic-merge-patch+json", "application/apply-patch+yaml", "application/apply-patch+cbor");
    String APPLY = "application/apply-patch+yaml";

    record Json(JsonNode operations) implements PatchRequest {
    }

    record Merge(ObjectNode changes, List<String> duplicates) implements PatchRequest {
    }

    record Strategic(ObjectNode changes, List<String> duplicates) implements PatchRequest {
    }

    record Apply(ObjectNode configuration, boolean force) implements PatchRequest {
    }

    /**
     * Reads the patch of a request.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 415 for a type that is not served, 400 for a body that does
     *                                                      not parse
     */
    static PatchRequest of(Scope scope) {
        Request request = scope.request();
        String type = MediaRange.parse(request.header("content-type")).type();
        boolean custom = scope.resource().custom();
        PatchRequest patch = switch (type) {
            case "application/json-patch+json" -> new Json(Bodies.jsonValue(request.body()));
            case "application/merge-patch+json" -> {
                Bodies.Body body = Bodies.json(request.body());
                yield new Merge(body.object(), body.duplicates());
            }
            case "application/strategic-merge-patch+json" -> {
                if (custom) {
                    throw Errors.unsupportedMediaType(TYPES.stream().filter(each -> !each.contains("strategic")).toList());
                }
                Bodies.Body body = Bodies.json(request.body());
                yield new Strategic(body.object(), body.duplicates());
            }
            case APPLY -> {
                if (request.query("fieldManager").isEmpty()) {
                    throw Errors.invalid("meta.k8s.io", "PatchOptions", "", List.of(dev.fairway.schema.FieldError.required(
                            "fieldManager", "is required for apply patch")));
                }
                yield new Apply(Bodies.yaml(request.body()), request.flag("force"));
            }
            default -> throw Errors.unsupportedMediaType(TYPES.subList(0, 4));
        };
        if (!(patch instanceof Apply) && request.flag("force")) {
            throw Errors.invalid("meta.k8s.io", "PatchOptions", "", List.of(dev.fairway.schema.FieldError.forbidden(
                    "force", "may not be specified for non-apply patch")));
        }
        return patch;
    }

    /** Whether a request is a server-side apply. */
    static boolean isApply(Request request) {
        return request.method().equals("PATCH") && MediaRange.parse(request.header("content-type")).type().equals(APPLY);
    }

    default boolean isApply() {
        return this instanceof Apply;
    }

    /**
     * The patched object in the stored version.
     *
     * @param live a copy of the stored object; null when apply creates
     */
    default ObjectNode apply(Scope scope, ObjectNode live) {
        ResourceDefinition resource = scope.resource();
        ObjectNode current = live == null ? null : Conversions.convert(live, resource, scope.version());
        ObjectSchema schema = resource.schemas().apply(scope.version());
        return switch (this) {
            case Json(JsonNode operations) -> accept(scope, JsonPatch.apply(current, operations), List.of());
            case Merge(ObjectNode changes, List<String> duplicates) ->
                    accept(scope, MergePatch.apply(current, changes), duplicates);
            case Strategic(ObjectNode changes, List<String> duplicates) ->
                    accept(scope, StrategicMergePatch.apply(current, changes, schema.patch()), duplicates);
            case Apply(ObjectNode configuration, boolean force) -> {
                ObjectNode applied = configuration.deepCopy();
                BodyReader.check(scope, applied, List.of());
                String name = applied.path("metadata").path("name").asString("");
                if (!name.isEmpty() && !name.equals(scope.name())) {
                    throw Errors.badRequest("the name of the object (" + name + ") does not match the name on the URL ("
                            + scope.name() + ")");
                }
                ObjectNode merged = scope.machinery().hooks().fields().apply(Creates.target(scope), current, applied, force);
                schema.defaults(merged);
                yield Conversions.toStorage(merged, resource);
            }
        };
    }

    private static ObjectNode accept(Scope scope, JsonNode patched, List<String> duplicates) {
        if (patched instanceof ObjectNode object) {
            return BodyReader.accept(scope, object, duplicates);
        }
        throw Errors.patchFailed("the patched document is not an object");
    }
}
