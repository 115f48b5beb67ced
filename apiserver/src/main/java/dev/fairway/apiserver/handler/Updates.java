package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Encoder;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.Reservation;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.request.Response;
import dev.fairway.apiserver.storage.StoredBytes;
import dev.fairway.apiserver.storage.StoredObject;
import dev.fairway.schema.FieldError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/** update and patch: reads, changes, checks and writes back, again if somebody else wrote in between. */
final class Updates {
    private static final int MAX_ATTEMPTS = 64;

    private Updates() {
    }

    static Response update(Scope scope) {
        Encoder encoder = scope.encoder();
        ObjectNode object = BodyReader.object(scope);
        requireSamePlace(scope, object);
        ResourceDefinition resource = scope.resource();
        if (scope.machinery().objects().get(resource, scope.namespace(), scope.name()).isEmpty()) {
            requireUid(scope, object, "");
            if (scope.subresource() == null && resource.strategy().get().createOnUpdate()) {
                return Reads.answer(scope, encoder, 201, Creates.create(scope, object));
            }
        }
        return Reads.answer(scope, encoder, 200, change(scope, live -> {
            requireUid(scope, object, live.path("metadata").path("uid").asString(""));
            return object.deepCopy();
        }, false));
    }

    static Response patch(Scope scope) {
        Encoder encoder = scope.encoder();
        PatchRequest patch = PatchRequest.of(scope);
        if (patch.isApply()) {
            return apply(scope, encoder, patch);
        }
        return Reads.answer(scope, encoder, 200, change(scope, live -> patch.apply(scope, live), true));
    }

    private static Response apply(Scope scope, Encoder encoder, PatchRequest patch) {
        boolean exists = scope.machinery().objects().get(scope.resource(), scope.namespace(), scope.name()).isPresent();
        if (!exists) {
            if (scope.subresource() != null) {
                throw Errors.notFound(scope.resource(), scope.name());
            }
            ObjectNode object = patch.apply(scope, null);
            String uid = object.path("metadata").path("uid").asString("");
            if (!uid.isEmpty()) {
                throw Errors.noSuchUid(scope.resource(), scope.name(), uid);
            }
            return Reads.answer(scope, encoder, 201, Creates.create(scope, object));
        }
        return Reads.answer(scope, encoder, 200, change(scope, live -> patch.apply(scope, live), true));
    }

    private static void requireSamePlace(Scope scope, ObjectNode object) {
        ObjectNode metadata = object.withObject("/metadata");
        String name = metadata.path("name").asString("");
        if (name.isEmpty()) {
            if (scope.subresource() != null) {
                metadata.put("name", scope.name());
            } else {
                throw Errors.wrongName(name, scope.name());
            }
        } else if (!name.equals(scope.name())) {
            throw Errors.wrongName(name, scope.name());
        }
        String namespace = metadata.path("namespace").asString("");
        if (scope.resource().namespaced()) {
            if (namespace.isEmpty()) {
                metadata.put("namespace", scope.namespace());
            } else if (!namespace.equals(scope.namespace())) {
                throw Errors.wrongNamespace(namespace, scope.namespace());
            }
        }
    }

    /**
     * Changes an object.
     *
     * @param change from the live object, a copy of its own, to the wanted one, both in the stored version
     * @param patch  whether the change builds on what is live, so that it may be tried again on a newer one even though
     *               it carries that resourceVersion
     */
    static StoredObject change(Scope scope, UnaryOperator<ObjectNode> change, boolean patch) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            StoredObject current = scope.machinery().objects().require(scope.resource(), scope.namespace(), scope.name());
            ObjectNode live = current.toTree();
            ObjectNode object = change.apply(current.toTree());
            requirePreconditions(scope, live, object, patch);
            Optional<StoredObject> stored = write(scope, current, live, object);
            if (stored.isPresent()) {
                return stored.get();
            }
        }
        throw Errors.modified(scope.resource(), scope.name());
    }

    private static void requirePreconditions(Scope scope, ObjectNode live, ObjectNode object, boolean patch) {
        ResourceDefinition resource = scope.resource();
        ObjectNode metadata = object.withObject("/metadata");
        String version = metadata.path("resourceVersion").asString("");
        boolean unspecified = version.isEmpty() || version.equals("0");
        if (unspecified) {
            if (!patch && scope.subresource() == null && !resource.strategy().get().unconditionalUpdate()) {
                throw Errors.invalid(resource.group(), resource.kind(), scope.name(), List.of(
                        FieldError.invalid("metadata.resourceVersion", version.isEmpty() ? "" : version,
                                "must be specified for an update")));
            }
        } else if (!version.equals(live.path("metadata").path("resourceVersion").asString(""))) {
            throw Errors.modified(resource, scope.name());
        }
    }

    private static void requireUid(Scope scope, ObjectNode object, String actual) {
        String given = object.path("metadata").path("uid").asString("");
        if (!given.isEmpty() && !given.equals(actual)) {
            ResourceDefinition resource = scope.resource();
            throw Errors.wrongUid(resource, resource.key(scope.namespace(), scope.name()), scope.name(), given, actual);
        }
    }

    private static Optional<StoredObject> write(Scope scope, StoredObject current, ObjectNode live, ObjectNode object) {
        ResourceDefinition resource = scope.resource();
        ResourceServer server = scope.machinery();
        Strategy strategy = resource.strategy().get();
        Carryover.keep(scope, object, live);
        Creates.warnOfDuplicateOwners(scope, object.withObject("/metadata"));
        strategy.prepareForUpdate(scope, object, live);
        Carryover.countGeneration(resource, object, live);
        Reservation reservation = strategy.reserve(scope, object, live);
        boolean written = false;
        try {
            List<FieldError> errors = new ArrayList<>(Metadata.validateUpdate(
                    object.withObject("/metadata"), live.withObject("/metadata"), Metadata.anyFinalizer(resource)));
            errors.addAll(Validation.schema(scope, object, live));
            errors.addAll(strategy.validateUpdate(scope, object, live));
            if (!errors.isEmpty()) {
                throw Errors.invalid(resource.group(), resource.kind(), scope.name(), errors);
            }
            strategy.warnings(scope, object, live).forEach(scope::warn);
            if (!PatchRequest.isApply(scope.request())) {
                server.hooks().fields().recordUpdate(Creates.target(scope), live, object);
            }
            byte[] value = StoredBytes.of(object);
            if (Arrays.equals(value, current.value()) || Carryover.sameContent(object, live)) {
                written = true;
                return Optional.of(current);
            }
            if (scope.dryRun()) {
                return Optional.of(new StoredObject(resource, current.key(), value, current.revision()));
            }
            Optional<StoredObject> stored = Deletes.isFinished(object)
                    ? server.objects().remove(current).map(revision -> {
                        strategy.released(scope, object);
                        return new StoredObject(resource, current.key(), value, revision);
                    })
                    : server.objects().replace(current, value);
            written = stored.isPresent();
            return stored;
        } finally {
            if (written) {
                reservation.commit();
            } else {
                reservation.rollback();
            }
        }
    }
}
