package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Encoder;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.request.Response;
import dev.fairway.apiserver.storage.StoredBytes;
import dev.fairway.apiserver.storage.StoredObject;
import dev.fairway.kube.Json;
import dev.fairway.kube.Times;
import dev.fairway.schema.FieldError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** delete and deletecollection: at once, after a grace period, or when the last finalizer is gone. */
final class Deletes {
    private static final int MAX_ATTEMPTS = 64;
    private static final String ORPHAN = "orphan";
    private static final String FOREGROUND = "foregroundDeletion";

    private Deletes() {
    }

    /** What has become of an object. */
    private record Outcome(StoredObject object, boolean gone) {
    }

    static Response delete(Scope scope) {
        Encoder encoder = scope.encoder();
        DeleteOptions options = DeleteOptions.of(scope);
        Scope effective = options.dryRun() && !scope.dryRun() ? scope.asDryRun() : scope;
        Outcome outcome = delete(effective, options);
        if (!outcome.gone) {
            return Reads.answer(scope, encoder, 200, outcome.object);
        }
        return new Response.Whole(200, encoder.contentType(), scope.headers(),
                List.of(encoder.bytes(success(scope.resource(), outcome.object))));
    }

    static Response deleteCollection(Scope scope) {
        Encoder encoder = scope.encoder();
        ListQuery query = ListQuery.of(scope);
        DeleteOptions options = DeleteOptions.of(scope);
        Reads.Listing listing = Reads.select(scope, query);
        List<StoredObject> deleted = new ArrayList<>();
        for (StoredObject object : listing.objects()) {
            Scope each = scope.forObject(object.namespace(), object.name(), null);
            try {
                delete(options.dryRun() ? each.asDryRun() : each, options);
                deleted.add(object);
            } catch (StatusException e) {
                if (e.code() != 404) {
                    throw e;
                }
            }
        }
        return new Response.Whole(200, encoder.contentType(), scope.headers(), encoder.list(deleted, listing.meta()));
    }

    private static ObjectNode success(ResourceDefinition resource, StoredObject object) {
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
        status.put("status", "Success");
        ObjectNode details = status.putObject("details").put("name", object.name());
        if (!resource.group().isEmpty()) {
            details.put("group", resource.group());
        }
        details.put("kind", resource.plural());
        details.put("uid", object.toTree().path("metadata").path("uid").asString(""));
        return status;
    }

    private static Outcome delete(Scope scope, DeleteOptions options) {
        ResourceDefinition resource = scope.resource();
        if (resource.plural().equals("namespaces") && resource.group().isEmpty()
                && Namespaces.IMMORTAL.contains(scope.name())) {
            throw Errors.forbidden(resource, scope.name(), "this namespace may not be deleted");
        }
        Strategy strategy = resource.strategy().get();
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            StoredObject current = scope.machinery().objects().require(resource, scope.namespace(), scope.name());
            ObjectNode object = current.toTree();
            options.requirePreconditions(scope, object);
            strategy.beforeDelete(scope, object);
            OptionalLong grace = strategy.gracePeriod(scope, object, options.gracePeriodSeconds());
            setPropagation(object, options.propagation());
            Optional<Outcome> outcome = proceed(scope, current, object, grace);
            if (outcome.isPresent()) {
                return outcome.get();
            }
        }
        throw Errors.modified(resource, scope.name());
    }

    private static Optional<Outcome> proceed(Scope scope, StoredObject current, ObjectNode object, OptionalLong grace) {
        ObjectNode metadata = object.withObject("/metadata");
        boolean blocked = !metadata.path("finalizers").isEmpty() || !object.path("spec").path("finalizers").isEmpty();
        long seconds = grace.orElse(0);
        if (!blocked && seconds == 0) {
            return remove(scope, current, object);
        }
        boolean pending = metadata.hasNonNull("deletionTimestamp");
        if (pending && metadata.has("deletionGracePeriodSeconds")) {
            seconds = Math.min(seconds, metadata.path("deletionGracePeriodSeconds").asLong());
        }
        boolean shorter = pending && seconds < metadata.path("deletionGracePeriodSeconds").asLong(0);
        if (!pending || shorter) {
            metadata.put("deletionTimestamp", Times.format(scope.machinery().clock().instant().plusSeconds(seconds)));
            metadata.put("deletionGracePeriodSeconds", seconds);
            if (metadata.path("generation").asLong(0) > 0) {
                metadata.put("generation", metadata.path("generation").asLong() + 1);
            }
            if (scope.resource().plural().equals("namespaces") && scope.resource().group().isEmpty()) {
                object.withObject("/status").put("phase", "Terminating");
            }
        }
        byte[] value = StoredBytes.of(object);
        if (Arrays.equals(value, current.value())) {
            return Optional.of(new Outcome(current, false));
        }
        if (scope.dryRun()) {
            return Optional.of(new Outcome(new StoredObject(scope.resource(), current.key(), value, current.revision()), false));
        }
        return scope.machinery().objects().replace(current, value).map(stored -> new Outcome(stored, false));
    }

    private static Optional<Outcome> remove(Scope scope, StoredObject current, ObjectNode object) {
        if (scope.dryRun()) {
            return Optional.of(new Outcome(current, true));
        }
        Optional<Long> revision = scope.machinery().objects().remove(current);
        revision.ifPresent(ignored -> scope.resource().strategy().get().released(scope, object));
        return revision.map(at -> new Outcome(current.at(at), true));
    }

    /** Whether nothing keeps an object that is being deleted: it goes with this write. */
    static boolean isFinished(ObjectNode object) {
        JsonNode metadata = object.path("metadata");
        return metadata.hasNonNull("deletionTimestamp") && metadata.path("deletionGracePeriodSeconds").asLong(0) == 0
                && metadata.path("finalizers").isEmpty() && object.path("spec").path("finalizers").isEmpty();
    }

    private static void setPropagation(ObjectNode object, DeleteOptions.Propagation propagation) {
        if (propagation == DeleteOptions.Propagation.UNSET) {
            return;
        }
        ObjectNode metadata = object.withObject("/metadata");
        ArrayNode finalizers = metadata.arrayNode();
        for (JsonNode each : metadata.path("finalizers")) {
            if (!each.asString("").equals(ORPHAN) && !each.asString("").equals(FOREGROUND)) {
                finalizers.add(each);
            }
        }
        switch (propagation) {
            case ORPHAN -> finalizers.add(ORPHAN);
            case FOREGROUND -> finalizers.add(FOREGROUND);
            case BACKGROUND, UNSET -> {
                // nothing holds the object back
            }
        }
        if (finalizers.isEmpty()) {
            metadata.remove("finalizers");
        } else {
            metadata.set("finalizers", finalizers);
        }
    }

    /** The body and query of a deletion. */
    private record DeleteOptions(OptionalLong gracePeriodSeconds, Propagation propagation, String uid,
                                 String resourceVersion, boolean dryRun) {

        private enum Propagation { UNSET, ORPHAN, BACKGROUND, FOREGROUND }

        static DeleteOptions of(Scope scope) {
            ObjectNode body = scope.request().body().length == 0
                    ? Json.object() : BodyReader.other(scope, "v1", "DeleteOptions");
            String grace = body.has("gracePeriodSeconds") ? body.path("gracePeriodSeconds").asString("")
                    : scope.request().query("gracePeriodSeconds");
            String policy = body.path("propagationPolicy").asString(scope.request().query("propagationPolicy"));
            JsonNode orphan = body.path("orphanDependents");
            List<FieldError> errors = new ArrayList<>();
            if (!policy.isEmpty() && orphan.isBoolean()) {
                errors.add(FieldError.invalid("propagationPolicy", policy,
                        "orphanDependents and deletionPropagation cannot be both set"));
            }
            Propagation propagation = switch (policy) {
                case "" -> orphan.isBoolean() ? orphan.asBoolean() ? Propagation.ORPHAN : Propagation.BACKGROUND : Propagation.UNSET;
                case "Orphan" -> Propagation.ORPHAN;
                case "Background" -> Propagation.BACKGROUND;
                case "Foreground" -> Propagation.FOREGROUND;
                default -> {
                    errors.add(FieldError.notSupported("propagationPolicy", policy,
                            List.of("Foreground", "Background", "Orphan", "nil")));
                    yield Propagation.UNSET;
                }
            };
            List<String> dryRun = body.path("dryRun").valueStream().map(each -> each.asString("")).toList();
            errors.addAll(WriteOptions.dryRun(dryRun));
            WriteOptions.refuse("DeleteOptions", errors);
            JsonNode preconditions = body.path("preconditions");
            return new DeleteOptions(grace.isEmpty() ? OptionalLong.empty() : number(grace), propagation,
                    preconditions.path("uid").asString(""), preconditions.path("resourceVersion").asString(""), !dryRun.isEmpty());
        }

        /** Kubernetes takes a negative number for one second. */
        private static OptionalLong number(String grace) {
            try {
                long seconds = Long.parseLong(grace);
                return OptionalLong.of(seconds < 0 ? 1 : seconds);
            } catch (NumberFormatException e) {
                throw Errors.badRequest("strconv.ParseInt: parsing \"" + grace + "\": invalid syntax");
            }
        }

        void requirePreconditions(Scope scope, ObjectNode object) {
            JsonNode metadata = object.path("metadata");
            String actualUid = metadata.path("uid").asString("");
            if (!uid.isEmpty() && !uid.equals(actualUid)) {
                throw Errors.conflict(scope.resource(), scope.name(), "the UID in the precondition (" + uid
                        + ") does not match the UID in record (" + actualUid
                        + "). The object might have been deleted and then recreated");
            }
            String actualVersion = metadata.path("resourceVersion").asString("");
            if (!resourceVersion.isEmpty() && !resourceVersion.equals(actualVersion)) {
                throw Errors.conflict(scope.resource(), scope.name(), "the ResourceVersion in the precondition ("
                        + resourceVersion + ") does not match the ResourceVersion in record (" + actualVersion
                        + "). The object might have been modified");
            }
        }
    }
}
