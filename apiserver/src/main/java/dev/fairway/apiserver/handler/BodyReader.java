package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Bodies;
import dev.fairway.apiserver.encode.Conversions;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.ObjectSchema;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.typed.BuiltinSchema;
import dev.fairway.schema.Decoding;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** From a request body to an object in the stored version: decoded, checked, pruned, defaulted. */
final class BodyReader {
    private BodyReader() {
    }

    /** The object of the request's body, as it goes into a create or update. */
    static ObjectNode object(Scope scope) {
        ResourceDefinition resource = scope.resource();
        Bodies.Body body = Bodies.read(scope.request(), scope.machinery().hooks().protobuf(), resource.kind());
        return accept(scope, body.object(), body.duplicates(), refusal(body.object(), resource.kind(), scope.version()));
    }

    /** A body that is no object of the resource, such as a Scale: of a built-in type, whatever apiVersion it names. */
    static ObjectNode other(Scope scope, String apiVersion, String kind) {
        Bodies.Body body = Bodies.read(scope.request(), scope.machinery().hooks().protobuf(), kind);
        return other(scope, body, apiVersion, kind);
    }

    /** As {@link #other(Scope, String, String)}, of a body that has been read. */
    static ObjectNode other(Scope scope, Bodies.Body body, String apiVersion, String kind) {
        ObjectNode object = body.object();
        Function<String, RuntimeException> refusal = refusal(object, kind, apiVersion.substring(apiVersion.indexOf('/') + 1));
        checkKind(object, kind, refusal);
        if (object.path("apiVersion").asString("").isEmpty()) {
            object.put("apiVersion", apiVersion);
        }
        checkFields(scope, BuiltinSchema.of(apiVersion, kind).orElseThrow(), object, body.duplicates(), refusal);
        return object;
    }

    /** How a body that cannot be decoded is refused, from the reason why. */
    private static Function<String, RuntimeException> refusal(ObjectNode object, String kind, String version) {
        String given = object.path("kind").asString("");
        String givenVersion = object.path("apiVersion").asString("");
        String what = (given.isEmpty() ? kind : given) + " in version \""
                + (givenVersion.isEmpty() ? version : givenVersion.substring(givenVersion.indexOf('/') + 1)) + "\"";
        return why -> Errors.badRequest(what + " cannot be handled as a " + kind + ": " + why);
    }

    /**
     * Takes a tree in the request's version in: checks its type, prunes and defaults it and turns it into the stored
     * version.
     *
     * @param duplicates texts about fields that stood twice in the body
     * @param refusal    the error, from the reason why the tree cannot be decoded
     */
    static ObjectNode accept(Scope scope, ObjectNode object, List<String> duplicates, Function<String, RuntimeException> refusal) {
        checkType(scope, object, refusal);
        ObjectSchema schema = scope.resource().schemas().apply(scope.version());
        checkFields(scope, schema, object, duplicates, refusal);
        schema.defaults(object);
        return Conversions.toStorage(object, scope.resource());
    }

    /** Checks apiVersion and kind, and fills them in. */
    static void checkType(Scope scope, ObjectNode object, Function<String, RuntimeException> refusal) {
        String expected = scope.resource().apiVersion(scope.version());
        String kind = scope.resource().kind();
        checkKind(object, kind, refusal);
        String apiVersion = object.path("apiVersion").asString("");
        if (apiVersion.isEmpty()) {
            object.put("apiVersion", expected);
        } else if (!apiVersion.equals(expected)) {
            throw Errors.badRequest("the API version in the data (" + apiVersion
                    + ") does not match the expected API version (" + expected + ")");
        }
        JsonNode metadata = object.path("metadata");
        if (!metadata.isMissingNode() && !metadata.isObject()) {
            throw refusal.apply("json: cannot unmarshal " + goType(metadata) + " into Go struct field " + kind
                    + ".metadata of type v1.ObjectMeta");
        }
        object.withObject("/metadata");
    }

    private static void checkKind(ObjectNode object, String kind, Function<String, RuntimeException> refusal) {
        String actual = object.path("kind").asString("");
        if (actual.isEmpty()) {
            object.put("kind", kind);
        } else if (!actual.equals(kind)) {
            throw refusal.apply("the kind in the data does not match the resource");
        }
    }

    private static String goType(JsonNode node) {
        return node.isArray() ? "array" : node.isString() ? "string" : node.isNumber() ? "number" : node.isBoolean() ? "bool" : "null";
    }

    private static void checkFields(Scope scope, ObjectSchema schema, ObjectNode object, List<String> duplicates,
                                    Function<String, RuntimeException> refusal) {
        List<String> mistakes = new ArrayList<>(duplicates);
        try {
            schema.decode(object).forEach(path -> mistakes.add("unknown field \"" + path + "\""));
        } catch (Decoding.WrongTypeException e) {
            throw refusal.apply(e.getMessage());
        }
        if (!mistakes.isEmpty()) {
            switch (scope.request().query("fieldValidation")) {
                case "Strict" -> throw refusal.apply("strict decoding error: " + String.join(", ", mistakes));
                case "Ignore" -> {
                    // asked for silence
                }
                default -> mistakes.forEach(scope::warn);
            }
        }
    }
}
