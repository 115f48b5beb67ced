package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Encoder;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.apiserver.registry.Verb;
import dev.fairway.apiserver.request.Response;
import tools.jackson.databind.node.ObjectNode;

/** The paths below an object. */
final class Subresources {
    private Subresources() {
    }

    static Response handle(Scope scope, Verb verb) {
        Subresource subresource = scope.subresource();
        return switch (subresource) {
            case STATUS, APPROVAL, EPHEMERALCONTAINERS, RESIZE -> part(scope, verb);
            case FINALIZE -> finalize(scope);
            case SCALE -> Scales.handle(scope, verb);
            case LOG -> Logs.get(scope);
            case BINDING -> Bindings.create(scope);
            case EVICTION -> Evictions.create(scope);
            case TOKEN -> token(scope);
        };
    }

    private static Response part(Scope scope, Verb verb) {
        return switch (verb) {
            case GET -> Reads.get(scope);
            case UPDATE -> Updates.update(scope);
            case PATCH -> Updates.patch(scope);
            case CREATE, DELETE, DELETECOLLECTION, LIST, WATCH ->
                    throw Errors.methodNotAllowed("the server does not allow this method on the requested resource");
        };
    }

    /** The namespace controller has emptied the namespace and takes its finalizer away. */
    private static Response finalize(Scope scope) {
        Encoder encoder = scope.encoder();
        ObjectNode wanted = BodyReader.object(scope);
        return Reads.answer(scope, encoder, 200, Updates.change(scope, live -> {
            ObjectNode object = live.deepCopy();
            object.withObject("/spec").set("finalizers", wanted.path("spec").path("finalizers").isArray()
                    ? wanted.path("spec").get("finalizers").deepCopy() : object.arrayNode());
            return object;
        }, true));
    }

    private static Response token(Scope scope) {
        Encoder encoder = scope.encoder();
        scope.machinery().objects().require(scope.resource(), scope.namespace(), scope.name());
        ObjectNode question = BodyReader.other(scope, "authentication.k8s.io/v1", "TokenRequest");
        ObjectNode answer = scope.resource().strategy().get().answer(scope, question)
                .orElseThrow(() -> Errors.unavailable("this server issues no tokens"));
        return new Response.Whole(201, encoder.contentType(), encoder.bytes(answer));
    }
}
