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
import dev.fairway.schema.Decoding;
import dev.fairway.schema.FieldError;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
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

    record Apply(ObjectNode configuration, List<String> duplicates, boolean force) implements PatchRequest {
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
        return switch (type) {
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
                Bodies.Body body = Bodies.yaml(request.body());
                yield new Apply(body.object(), body.duplicates(), request.flag("force"));
            }
            default -> throw Errors.unsupportedMediaType(TYPES.subList(0, 4));
        };
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
            case Strategic(ObjectNode changes, List<String> duplicates) -> accept(scope,
                    StrategicMergePatch.apply(current, changes, schema.patch()), duplicates, GoValues.format(changes));
            case Apply(ObjectNode configuration, List<String> duplicates, boolean force) -> {
                ObjectNode applied = configuration.deepCopy();
                checkApplied(scope, schema, applied, duplicates);
                ObjectNode merged = scope.machinery().hooks().fields().apply(Creates.target(scope), current, applied, force);
                schema.defaults(merged);
                yield Conversions.toStorage(merged, resource);
            }
        };
    }

    /** Other than the bodies of the other verbs, an applied configuration must not have fields that the type does not have. */
    private static void checkApplied(Scope scope, ObjectSchema schema, ObjectNode applied, List<String> duplicates) {
        ResourceDefinition resource = scope.resource();
        Function<String, RuntimeException> refusal = why -> Errors.untypedPatch(resource, scope.version(),
                scope.namespace(), scope.name(), why);
        String given = applied.path("apiVersion").asString("");
        if (!given.equals(resource.apiVersion(scope.version()))) {
            throw Errors.badRequest("Incorrect version specified in apply patch. Specified patch version: " + given
                    + ", expected: " + resource.apiVersion(scope.version()));
        }
        if (!applied.hasNonNull("kind")) {
            throw refusal.apply("Object 'Kind' is missing");
        }
        BodyReader.checkType(scope, applied, refusal);
        String name = applied.path("metadata").path("name").asString("");
        if (!name.equals(scope.name())) {
            throw Errors.wrongName(name, scope.name());
        }
        try {
            List<String> undeclared = schema.decode(applied);
            if (!undeclared.isEmpty()) {
                throw refusal.apply(undeclared.stream().map(path -> "." + path + ": field not declared in schema")
                        .collect(Collectors.joining("\n")));
            }
        } catch (Decoding.WrongTypeException e) {
            throw refusal.apply(e.getMessage());
        }
        String validation = scope.request().query("fieldValidation");
        if (validation.equals("Strict") && !duplicates.isEmpty()) {
            throw Errors.badRequest("error strict decoding YAML: yaml: unmarshal errors:\n  " + String.join("\n  ", duplicates));
        }
        if (!validation.equals("Ignore")) {
            duplicates.forEach(scope::warn);
        }
    }

    private static ObjectNode accept(Scope scope, JsonNode patched, List<String> duplicates) {
        return accept(scope, patched, duplicates, patched.toString());
    }

    /** Takes the patched object in; {@code shown} stands for it in the error when that fails. */
    private static ObjectNode accept(Scope scope, JsonNode patched, List<String> duplicates, String shown) {
        if (!(patched instanceof ObjectNode object)) {
            throw Errors.patchFailed();
        }
        ObjectNode accepted = BodyReader.accept(scope, object, duplicates,
                why -> Errors.invalid("", "", "", List.of(FieldError.invalid("patch", shown, why))));
        requireSameObject(scope, accepted.path("metadata"));
        return accepted;
    }

    private static void requireSameObject(Scope scope, JsonNode metadata) {
        String name = metadata.path("name").asString("");
        if (!name.equals(scope.name())) {
            throw Errors.wrongName(name, scope.name());
        }
        String namespace = metadata.path("namespace").asString("");
        if (scope.resource().namespaced() && !namespace.isEmpty() && !namespace.equals(scope.namespace())) {
            throw Errors.wrongNamespace(namespace, scope.namespace());
        }
    }
}
