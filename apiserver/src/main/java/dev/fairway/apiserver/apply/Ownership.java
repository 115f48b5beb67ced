package dev.fairway.apiserver.apply;

import dev.fairway.apiserver.registry.Shape;
import dev.fairway.apiserver.apply.Fields.Comparison;
import dev.fairway.apiserver.apply.ManagedFields.Owner;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rules of field ownership (KEP-555): what an update takes, what an apply merges, removes and refuses. Pure; the
 * objects come without their managedFields and are not changed.
 *
 * @param shape   the type of the objects
 * @param ignored fields that this way of writing cannot set, such as status
 */
record Ownership(Shape shape, FieldSet ignored) {

    /** Fields that have no owner: they identify the object, or the server sets them. */
    private static final FieldSet UNOWNED = List.of("name", "namespace", "creationTimestamp", "selfLink", "uid",
                    "generation", "resourceVersion", "managedFields").stream()
            .map(name -> FieldSet.ofFields("metadata", name))
            .reduce(FieldSet.ofFields("apiVersion").union(FieldSet.ofFields("kind"))
                    .union(FieldSet.ofFields("metadata")), FieldSet::union);

    /** A field that somebody else owns. */
    record Conflict(FieldManager manager, List<PathElement> path) {
    }

    /**
     * What an apply leads to.
     *
     * @param object    the merged object; meaningless with conflicts
     * @param conflicts what stands against it, unless forced
     */
    record Applied(ObjectNode object, ManagedFields managed, List<Conflict> conflicts) {
    }

    /** The owners after a write of any sort but apply. */
    ManagedFields update(JsonNode live, JsonNode written, ManagedFields managed, FieldManager manager, Instant now) {
        Comparison change = compare(live, written);
        FieldSet taken = change.modified().union(change.added());
        ManagedFields others = managed.mapOthers(manager, fields -> fields.minus(taken).minus(change.removed()));
        FieldSet before = managed.fieldsOf(manager);
        FieldSet after = before.minus(change.removed()).union(taken).minus(UNOWNED);
        Optional<Instant> time = taken.minus(UNOWNED).isEmpty()
                ? managed.find(manager).flatMap(Owner::time) : Optional.of(now);
        return others.with(new Owner(manager, after, time)).capped();
    }

    /** An apply. */
    Applied apply(JsonNode live, ObjectNode config, ManagedFields managed, FieldManager manager, boolean force,
            Instant now) {
        FieldSet last = managed.fieldsOf(manager);
        FieldSet claimed = Fields.of(config, shape).minusBelow(ignored);
        ManagedFields claims = managed.with(new Owner(manager, claimed.minus(UNOWNED), Optional.of(now)));
        JsonNode merged = Merge.merge(live, config, shape);
        ObjectNode object = (ObjectNode) prune(merged, claims, last, claimed);

        Comparison change = compare(live, object);
        FieldSet taken = change.modified().union(change.added());
        List<Conflict> conflicts = new ArrayList<>();
        for (Owner owner : managed.owners()) {
            if (!owner.manager().isSame(manager)) {
                owner.fields().intersection(taken).paths()
                        .forEach(path -> conflicts.add(new Conflict(owner.manager(), path)));
            }
        }
        if (!conflicts.isEmpty() && !force) {
            return new Applied(object, managed, conflicts);
        }
        ManagedFields after = claims.mapOthers(manager, fields -> fields.minus(taken).minus(change.removed()));
        if (change.isSame() && after.sameAs(managed)) {
            after = managed;
        }
        return new Applied(object, after, List.of());
    }

    private Comparison compare(JsonNode live, JsonNode written) {
        return Fields.compare(live, written, shape).without(ignored);
    }

    /** Without what the applier has owned so far, does not claim any more, and nobody else owns. */
    private JsonNode prune(JsonNode merged, ManagedFields claims, FieldSet last, FieldSet claimed) {
        if (last.isEmpty()) {
            return merged;
        }
        FieldSet kept = claims.owners().stream().map(Owner::fields).reduce(claimed, FieldSet::union);
        FieldSet gone = last.withStructFields(shape).minus(kept.withStructFields(shape));
        return Fields.without(merged, gone, shape);
    }
}
