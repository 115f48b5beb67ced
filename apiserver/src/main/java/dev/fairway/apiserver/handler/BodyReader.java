package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Bodies;
import dev.fairway.apiserver.encode.Conversions;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.ObjectSchema;
import dev.fairway.apiserver.registry.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** From a request body to an object in the stored version: decoded, checked, pruned, defaulted. */
final class BodyReader {
    private BodyReader() {
    }

    /** The object of the request's body, as it goes into a create or update. */
    static ObjectNode object(Scope scope) {
        Bodies.Body body = Bodies.read(scope.request(), scope.machinery().hooks().protobuf());
        return accept(scope, body.object(), body.duplicates());
    }

    /**
     * Takes a tree in the request's version in: checks its type, prunes and defaults it and turns it into the stored
     * version.
     *
     * @param duplicates fields that stood twice in the body
     */
    static ObjectNode accept(Scope scope, ObjectNode object, List<String> duplicates) {
        check(scope, object, duplicates).defaults(object);
        return Conversions.toStorage(object, scope.resource());
    }

    /** Checks a tree's type and fields, prunes it, and returns its schema. */
    static ObjectSchema check(Scope scope, ObjectNode object, List<String> duplicates) {
        ResourceDefinition resource = scope.resource();
        checkType(object, resource.apiVersion(scope.version()), resource.kind());
        ObjectSchema schema = resource.schemas().apply(scope.version());
        List<String> mistakes = new ArrayList<>();
        duplicates.forEach(path -> mistakes.add("duplicate field \"" + path + "\""));
        schema.decode(object).forEach(path -> mistakes.add("unknown field \"" + path + "\""));
        report(scope, mistakes);
        return schema;
    }

    private static void checkType(ObjectNode object, String expected, String kind) {
        String apiVersion = object.path("apiVersion").asString("");
        String actualKind = object.path("kind").asString("");
        if (apiVersion.isEmpty()) {
            object.put("apiVersion", expected);
        } else if (!apiVersion.equals(expected)) {
            throw Errors.badRequest("the API version in the data (" + apiVersion
                    + ") does not match the expected API version (" + expected + ")");
        }
        if (actualKind.isEmpty()) {
            object.put("kind", kind);
        } else if (!actualKind.equals(kind)) {
            throw Errors.badRequest(actualKind + " in version \"" + version(expected) + "\" cannot be handled as a " + kind
                    + ": the kind in the data does not match the resource");
        }
        if (object.has("metadata") && !object.get("metadata").isObject()) {
            throw Errors.badRequest(kind + " in version \"" + version(expected) + "\" cannot be handled as a " + kind
                    + ": json: cannot unmarshal " + goType(object.get("metadata")) + " into Go struct field " + kind
                    + ".metadata of type v1.ObjectMeta");
        }
        object.withObject("/metadata");
    }

    private static String goType(tools.jackson.databind.JsonNode node) {
        return node.isArray() ? "array" : node.isString() ? "string" : node.isNumber() ? "number" : node.isBoolean() ? "bool" : "null";
    }

    private static String version(String apiVersion) {
        return apiVersion.substring(apiVersion.indexOf('/') + 1);
    }

    private static void report(Scope scope, List<String> mistakes) {
        if (mistakes.isEmpty()) {
            return;
        }
        switch (scope.request().query("fieldValidation")) {
            case "Strict" -> {
                String kind = scope.resource().kind();
                throw Errors.badRequest(kind + " in version \"" + scope.version() + "\" cannot be handled as a " + kind
                        + ": strict decoding error: " + String.join(", ", mistakes));
            }
            case "Ignore" -> {
                // asked for silence
            }
            case "", "Warn" -> mistakes.forEach(scope::warn);
            default -> throw Errors.badRequest("fieldValidation: Unsupported value: \""
                    + scope.request().query("fieldValidation") + "\": supported values: \"Ignore\", \"Strict\", \"Warn\"");
        }
    }
}
