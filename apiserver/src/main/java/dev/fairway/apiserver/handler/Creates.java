package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.apply.FieldManagement;
import dev.fairway.apiserver.encode.Encoder;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.registry.Reservation;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.apiserver.request.Response;
import dev.fairway.apiserver.storage.StoredBytes;
import dev.fairway.apiserver.storage.StoredObject;
import dev.fairway.kube.Times;
import dev.fairway.schema.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** create. */
final class Creates {
    private static final int GENERATE_ATTEMPTS = 8;

    private Creates() {
    }

    static Response create(Scope scope) {
        Encoder encoder = scope.encoder();
        ObjectNode object = BodyReader.object(scope);
        Optional<ObjectNode> answer = scope.resource().strategy().get().answer(scope, object);
        if (answer.isPresent()) {
            return new Response.Whole(201, encoder.contentType(), scope.headers(), List.of(encoder.bytes(answer.get())));
        }
        return Reads.answer(scope, encoder, 201, create(scope, object));
    }

    /** Creates an object that has been decoded and defaulted. */
    static StoredObject create(Scope scope, ObjectNode object) {
        ResourceDefinition resource = scope.resource();
        ObjectNode metadata = object.withObject("/metadata");
        placeInNamespace(scope, metadata);
        String generateName = metadata.path("generateName").asString("");
        boolean generated = metadata.path("name").asString("").isEmpty() && !generateName.isEmpty();
        if (!metadata.path("resourceVersion").asString("").isEmpty()) {
            throw Errors.badRequest("resourceVersion should not be set on objects to be created");
        }
        Namespaces.requireOpen(scope, metadata.path("name").asString(generateName));
        for (int attempt = 1; ; attempt++) {
            ObjectNode candidate = attempt < GENERATE_ATTEMPTS && generated ? object.deepCopy() : object;
            if (generated) {
                ((ObjectNode) candidate.get("metadata")).put("name", Names.generate(generateName));
            }
            try {
                return createNamed(scope, candidate);
            } catch (StatusException e) {
                if (!generated || !e.reason().equals("AlreadyExists")) {
                    throw e;
                }
                if (attempt == GENERATE_ATTEMPTS) {
                    throw Errors.generateNameConflict(resource, candidate.path("metadata").path("name").asString(""));
                }
            }
        }
    }

    private static void placeInNamespace(Scope scope, ObjectNode metadata) {
        String given = metadata.path("namespace").asString("");
        if (!scope.resource().namespaced()) {
            if (!given.isEmpty()) {
                throw Errors.badRequest("namespace should not be set on " + scope.resource().kind() + " objects");
            }
        } else if (given.isEmpty()) {
            metadata.put("namespace", scope.namespace());
        } else if (!given.equals(scope.namespace())) {
            throw Errors.badRequest("the namespace of the provided object does not match the namespace sent on the request");
        }
    }

    private static StoredObject createNamed(Scope scope, ObjectNode object) {
        ResourceDefinition resource = scope.resource();
        ResourceServer server = scope.machinery();
        Strategy strategy = resource.strategy().get();
        ObjectNode metadata = (ObjectNode) object.get("metadata");
        fillIn(scope, metadata);
        if (resource.has(Subresource.STATUS) && !resource.statusOnCreate()) {
            object.remove("status");
        }
        warnOfDuplicateOwners(scope, metadata);
        strategy.prepareForCreate(scope, object);
        List<FieldError> errors = new ArrayList<>(Metadata.validate(metadata, resource.nameRule(), Metadata.anyFinalizer(resource)));
        // Nothing is taken in a name that nothing can have.
        Reservation reservation = errors.isEmpty() ? strategy.reserve(scope, object, null) : Reservation.NONE;
        boolean written = false;
        try {
            errors.addAll(Validation.schema(scope, object, null));
            errors.addAll(strategy.validateCreate(scope, object));
            String name = metadata.path("name").asString("");
            if (!errors.isEmpty()) {
                throw Errors.invalid(resource.group(), resource.kind(), name, errors);
            }
            strategy.warnings(scope, object, null).forEach(scope::warn);
            if (resource.custom()) {
                Metadata.finalizerWarnings(metadata).forEach(scope::warn);
            }
            if (!PatchRequest.isApply(scope.request())) {
                server.hooks().fields().recordUpdate(target(scope), null, object);
            }
            StoredObject stored;
            if (scope.dryRun()) {
                if (server.objects().get(resource, scope.namespace(), name).isPresent()) {
                    throw Errors.alreadyExists(resource, name);
                }
                stored = new StoredObject(resource, resource.key(scope.namespace(), name), StoredBytes.of(object), 0);
            } else {
                stored = server.objects().create(resource, scope.namespace(), name, object);
                written = true;
            }
            return stored;
        } finally {
            if (written) {
                reservation.commit();
            } else {
                reservation.rollback();
            }
        }
    }

    static void warnOfDuplicateOwners(Scope scope, ObjectNode metadata) {
        List<String> duplicates = Metadata.removeDuplicateOwners(metadata);
        if (!duplicates.isEmpty()) {
            scope.warn(".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may"
                    + " reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: "
                    + String.join(", ", duplicates));
        }
    }

    private static void fillIn(Scope scope, ObjectNode metadata) {
        metadata.put("uid", UUID.randomUUID().toString());
        metadata.put("creationTimestamp", Times.format(scope.machinery().clock().instant()));
        metadata.remove(List.of("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion"));
        if (scope.resource().generation()) {
            metadata.put("generation", 1);
        } else {
            metadata.remove("generation");
        }
    }

    static FieldManagement.Target target(Scope scope) {
        return new FieldManagement.Target(scope.resource(), scope.version(), scope.subresource(), scope.manager(),
                scope.machinery().clock().instant());
    }
}
