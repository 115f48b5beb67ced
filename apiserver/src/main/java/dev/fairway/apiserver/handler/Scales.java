package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Bodies;
import dev.fairway.apiserver.encode.Conversions;
import dev.fairway.apiserver.encode.Encoder;
import dev.fairway.apiserver.encode.MediaRange;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.patch.JsonPatch;
import dev.fairway.apiserver.patch.MergePatch;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ScalePaths;
import dev.fairway.apiserver.registry.Verb;
import dev.fairway.apiserver.request.Response;
import dev.fairway.kube.Json;
import dev.fairway.kube.LabelSelector;
import dev.fairway.schema.FieldError;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The scale subresource: {@code autoscaling/v1 Scale} as a view of an object's replica counts. */
final class Scales {
    private static final String API_VERSION = "autoscaling/v1";

    private Scales() {
    }

    static Response handle(Scope scope, Verb verb) {
        Encoder encoder = scope.encoder();
        return switch (verb) {
            case GET -> {
                ObjectNode object = scope.machinery().objects()
                        .require(scope.resource(), scope.namespace(), scope.name()).toTree();
                yield answer(scope, encoder, view(scope, object));
            }
            case UPDATE -> {
                ObjectNode wanted = BodyReader.other(scope, API_VERSION, "Scale");
                yield answer(scope, encoder, view(scope, change(scope, live -> wanted)));
            }
            case PATCH -> answer(scope, encoder, view(scope, PatchRequest.isApply(scope.request())
                    ? apply(scope) : change(scope, live -> patched(scope, live))));
            case CREATE, DELETE, DELETECOLLECTION, LIST, WATCH ->
                    throw Errors.methodNotAllowed("the server does not allow this method on the requested resource");
        };
    }

    private static Response answer(Scope scope, Encoder encoder, ObjectNode scale) {
        return new Response.Whole(200, encoder.contentType(), scope.headers(), List.of(encoder.bytes(scale)));
    }

    private static ObjectNode patched(Scope scope, ObjectNode scale) {
        byte[] body = scope.request().body();
        String type = MediaRange.parse(scope.request().header("content-type")).type();
        JsonNode patched = switch (type) {
            case "application/json-patch+json" -> JsonPatch.apply(scale, Bodies.jsonValue(body));
            case "application/merge-patch+json", "application/strategic-merge-patch+json" ->
                    MergePatch.apply(scale, Bodies.json(body).object());
            default -> throw Errors.unsupportedMediaType(PatchRequest.TYPES.subList(0, 4));
        };
        if (patched instanceof ObjectNode object) {
            return BodyReader.other(scope, new Bodies.Body(object, List.of()), API_VERSION, "Scale");
        }
        throw Errors.patchFailed();
    }

    /** Applied to the object itself, the replicas alone, so that they have an owner. */
    private static ObjectNode apply(Scope scope) {
        ResourceDefinition resource = scope.resource();
        ObjectNode scale = BodyReader.other(scope, Bodies.yaml(scope.request().body()), API_VERSION, "Scale");
        String name = scale.path("metadata").path("name").asString("");
        if (!name.equals(scope.name())) {
            throw Errors.wrongName(name, scope.name());
        }
        ObjectNode config = Json.object().put("apiVersion", resource.apiVersion(scope.version())).put("kind", resource.kind());
        config.putObject("metadata").put("name", name);
        set(config, resource.scale().specReplicas(), replicas(scope, scale));
        boolean force = scope.request().flag("force");
        return Updates.change(scope, live -> Conversions.toStorage(scope.machinery().hooks().fields().apply(Creates.target(scope),
                Conversions.convert(live, resource, scope.version()), config, force), resource), true).toTree();
    }

    private static int replicas(Scope scope, ObjectNode scale) {
        int replicas = scale.path("spec").path("replicas").asInt(0);
        if (replicas < 0) {
            throw Errors.invalid("autoscaling", "Scale", scope.name(), List.of(FieldError.invalid("spec.replicas", replicas,
                    "must be greater than or equal to 0")));
        }
        return replicas;
    }

    private static ObjectNode change(Scope scope, java.util.function.UnaryOperator<ObjectNode> wanted) {
        return Updates.change(scope, live -> {
            ObjectNode scale = wanted.apply(view(scope, live));
            String name = scale.path("metadata").path("name").asString("");
            if (!name.isEmpty() && !name.equals(scope.name())) {
                throw Errors.wrongName(name, scope.name());
            }
            int replicas = replicas(scope, scale);
            ObjectNode object = live.deepCopy();
            set(object, scope.resource().scale().specReplicas(), replicas);
            String version = scale.path("metadata").path("resourceVersion").asString("");
            if (!version.isEmpty()) {
                object.withObject("/metadata").put("resourceVersion", version);
            }
            return object;
        }, true).toTree();
    }

    private static ObjectNode view(Scope scope, ObjectNode object) {
        ScalePaths paths = scope.resource().scale();
        ObjectNode scale = Json.object().put("kind", "Scale").put("apiVersion", API_VERSION);
        ObjectNode metadata = scale.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            if (object.path("metadata").has(field)) {
                metadata.set(field, object.path("metadata").get(field));
            }
        }
        scale.putObject("spec").put("replicas", at(object, paths.specReplicas()).asInt(0));
        ObjectNode status = scale.putObject("status");
        status.put("replicas", at(object, paths.statusReplicas()).asInt(0));
        if (paths.selector() != null) {
            JsonNode selector = at(object, paths.selector());
            boolean plainMap = selector.isObject() && !selector.has("matchLabels") && !selector.has("matchExpressions");
            String text = selector.isString() ? selector.stringValue()
                    : plainMap ? LabelSelector.ofMap(dev.fairway.kube.KubeObject.strings(selector)).toString()
                    : selector.isObject() ? LabelSelector.ofJson(selector).toString() : "";
            if (!text.isEmpty()) {
                status.put("selector", text);
            }
        }
        return scale;
    }

    private static JsonNode at(ObjectNode object, String path) {
        JsonNode node = object;
        for (String segment : path.split("\\.")) {
            node = node.path(segment);
        }
        return node;
    }

    private static void set(ObjectNode object, String path, int value) {
        int dot = path.lastIndexOf('.');
        ObjectNode parent = dot < 0 ? object : object.withObject("/" + path.substring(0, dot).replace('.', '/'));
        parent.put(path.substring(dot + 1), value);
    }
}
