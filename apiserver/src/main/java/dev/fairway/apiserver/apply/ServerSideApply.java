package dev.fairway.apiserver.apply;

import dev.fairway.apiserver.registry.Shape;
import dev.fairway.apiserver.apply.Ownership.Applied;
import dev.fairway.apiserver.apply.Ownership.Conflict;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.errors.StatusException.Cause;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.kube.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Field ownership and server-side apply as Kubernetes has them (KEP-555). */
public final class ServerSideApply implements FieldManagement {

    /** Owns what was in an object that nobody had kept owners for when it was first applied. */
    private static final String BEFORE_FIRST_APPLY = "before-first-apply";

    private final Function<Target, Shape> shapes;

    /**
     * @param shapes the type of the objects of a resource and version
     */
    public ServerSideApply(Function<Target, Shape> shapes) {
        this.shapes = shapes;
    }

    @Override
    public void recordUpdate(Target target, ObjectNode live, ObjectNode object) {
        ObjectNode written = withoutOwners(object);
        Optional<ManagedFields> managed = ownersFor(target, live, object);
        if (managed.isEmpty()) {
            setOwners(object, ManagedFields.NONE);
            return;
        }
        FieldManager manager = manager(target, FieldManager.Operation.UPDATE, target.manager());
        JsonNode before = live == null ? Json.object() : withoutOwners(live);
        setOwners(object, ownership(target).update(before, written, managed.get(), manager, target.now()));
    }

    /** Who owned what before an update; empty if nobody shall keep owners of this object. */
    private static Optional<ManagedFields> ownersFor(Target target, ObjectNode live, ObjectNode object) {
        JsonNode given = object.path("metadata").path("managedFields");
        boolean reset = given.size() == 1 && given.get(0).isEmpty();
        if (live == null) {
            return Optional.of(reset ? ManagedFields.NONE : read(given).orElse(ManagedFields.NONE));
        }
        ManagedFields kept = read(live.path("metadata").path("managedFields")).orElse(ManagedFields.NONE);
        if (target.subresource() != null) {
            return kept.owners().isEmpty() ? Optional.empty() : Optional.of(kept);
        }
        if (reset) {
            return Optional.of(ManagedFields.NONE);
        }
        // Clients that do not know the field drop it; that must not make its owners forgotten.
        ManagedFields owners = read(given).filter(own -> !own.owners().isEmpty()).orElse(kept);
        return owners.owners().isEmpty() ? Optional.empty() : Optional.of(owners);
    }

    @Override
    public ObjectNode apply(Target target, ObjectNode live, ObjectNode applied, boolean force) {
        if (!applied.path("metadata").path("managedFields").isEmpty()) {
            throw Errors.badRequest("metadata.managedFields must be nil");
        }
        ObjectNode config = withoutOwners(applied);
        ObjectNode before = live == null ? Json.object() : withoutOwners(live);
        FieldManager manager = manager(target, FieldManager.Operation.APPLY, target.manager());
        Ownership ownership = ownership(target);
        ManagedFields managed = live == null ? ManagedFields.NONE
                : read(live.path("metadata").path("managedFields")).orElse(ManagedFields.NONE);
        if (live != null && managed.owners().isEmpty()) {
            FieldManager first = manager(target, FieldManager.Operation.UPDATE, BEFORE_FIRST_APPLY);
            managed = ownership.update(Json.object(), before, managed, first, target.now());
        }
        Applied result = apply(ownership, before, config, managed, manager, force, target);
        if (manager.name().equals(LastApplied.KUBECTL)) {
            LastApplied.refresh(result.object(), config);
        }
        setOwners(result.object(), result.managed());
        return result.object();
    }

    private static Applied apply(Ownership ownership, ObjectNode before, ObjectNode config, ManagedFields managed,
            FieldManager manager, boolean force, Target target) {
        try {
            Applied result = ownership.apply(before, config, managed, manager, force, target.now());
            if (result.conflicts().isEmpty()) {
                return result;
            }
            boolean migrates = manager.name().equals(LastApplied.KUBECTL) && LastApplied.of(before)
                    .filter(last -> LastApplied.explains(last, ownership.shape(), result.conflicts())).isPresent();
            if (!migrates) {
                throw conflict(result.conflicts());
            }
            return ownership.apply(before, config, managed, manager, true, target.now());
        } catch (DuplicateItemException e) {
            JsonNode metadata = config.path("metadata");
            throw Errors.untypedPatch(target.resource(), target.version(), metadata.path("namespace").asString(""),
                    metadata.path("name").asString(""), e.getMessage());
        }
    }

    private static StatusException conflict(List<Conflict> conflicts) {
        List<Cause> causes = conflicts.stream()
                .map(each -> new Cause("FieldManagerConflict", "conflict with " + each.manager(),
                        PathElement.path(each.path())))
                .toList();
        if (conflicts.size() == 1) {
            Conflict only = conflicts.getFirst();
            return Errors.applyConflict("Apply failed with 1 conflict: conflict with " + only.manager() + ": "
                    + PathElement.path(only.path()), causes);
        }
        String list = conflicts.stream()
                .collect(Collectors.groupingBy(each -> each.manager().toString(), TreeMap::new, Collectors.toList()))
                .entrySet().stream()
                .map(entry -> "conflicts with " + entry.getKey() + ":\n" + entry.getValue().stream()
                        .map(Conflict::path).sorted(Comparator.comparing(PathElement::path))
                        .map(path -> "- " + PathElement.path(path)).collect(Collectors.joining("\n")))
                .collect(Collectors.joining("\n"));
        return Errors.applyConflict("Apply failed with " + conflicts.size() + " conflicts: " + list, causes);
    }

    private Ownership ownership(Target target) {
        FieldSet ignored = FieldSet.EMPTY;
        if (target.subresource() == null && target.resource().has(Subresource.STATUS)) {
            ignored = FieldSet.ofFields("status");
        } else if (target.subresource() == Subresource.STATUS) {
            ignored = FieldSet.ofFields("spec");
        }
        return new Ownership(shapes.apply(target), ignored);
    }

    private static FieldManager manager(Target target, FieldManager.Operation operation, String name) {
        String subresource = target.subresource() == null ? "" : target.subresource().path();
        return new FieldManager(name.isEmpty() ? "unknown" : name, operation,
                target.resource().apiVersion(target.version()), subresource);
    }

    /** Empty if it cannot be read: what nobody understands is forgotten. */
    private static Optional<ManagedFields> read(JsonNode managedFields) {
        try {
            return Optional.of(ManagedFields.decode(managedFields));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static ObjectNode withoutOwners(ObjectNode object) {
        ObjectNode copy = Json.object();
        object.properties().forEach(entry -> copy.set(entry.getKey(), entry.getValue()));
        if (copy.path("metadata") instanceof ObjectNode metadata) {
            ObjectNode rest = Json.object();
            metadata.properties().forEach(entry -> rest.set(entry.getKey(), entry.getValue()));
            rest.remove("managedFields");
            copy.set("metadata", rest);
        }
        return copy;
    }

    private static void setOwners(ObjectNode object, ManagedFields managed) {
        ObjectNode metadata = object.withObject("/metadata");
        if (managed.owners().isEmpty()) {
            metadata.remove("managedFields");
        } else {
            metadata.set("managedFields", managed.encode());
        }
    }
}
