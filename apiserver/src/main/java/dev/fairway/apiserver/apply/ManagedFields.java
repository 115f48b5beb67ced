package dev.fairway.apiserver.apply;

import dev.fairway.kube.Json;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The owners of an object's fields: {@code metadata.managedFields}. Immutable. */
record ManagedFields(List<Owner> owners) {

    static final ManagedFields NONE = new ManagedFields(List.of());

    /** Most owners by update that are kept apart; the oldest beyond share one entry. */
    private static final int MAX_UPDATERS = 10;
    private static final String ANCIENT = "ancient-changes";

    /**
     * One entry.
     *
     * @param time when the owner last took a field; empty if unknown
     */
    record Owner(FieldManager manager, FieldSet fields, Optional<Instant> time) {
        Owner with(FieldSet other) {
            return new Owner(manager, other, time);
        }
    }

    ManagedFields {
        owners = List.copyOf(owners);
    }

    Optional<Owner> find(FieldManager manager) {
        return owners.stream().filter(owner -> owner.manager().isSame(manager)).findFirst();
    }

    FieldSet fieldsOf(FieldManager manager) {
        return find(manager).map(Owner::fields).orElse(FieldSet.EMPTY);
    }

    /** With one owner in place of what it owned before; gone if it owns nothing. */
    ManagedFields with(Owner owner) {
        List<Owner> others = new ArrayList<>(owners);
        others.removeIf(other -> other.manager().isSame(owner.manager()));
        others.add(owner);
        return new ManagedFields(others).withoutEmpty();
    }

    /** With a change to what each owner but one owns. */
    ManagedFields mapOthers(FieldManager except, UnaryOperator<FieldSet> change) {
        return new ManagedFields(owners.stream()
                .map(owner -> owner.manager().isSame(except) ? owner : owner.with(change.apply(owner.fields())))
                .toList()).withoutEmpty();
    }

    private ManagedFields withoutEmpty() {
        return new ManagedFields(owners.stream().filter(owner -> !owner.fields().isEmpty()).toList());
    }

    /** The same owners with the same fields; times may differ. */
    boolean sameAs(ManagedFields other) {
        return owners.size() == other.owners.size() && owners.stream().allMatch(owner -> other.find(owner.manager())
                .filter(same -> same.fields().equals(owner.fields())
                        && same.manager().apiVersion().equals(owner.manager().apiVersion())).isPresent());
    }

    /** With the oldest updaters of each version in one entry, where there are too many. */
    ManagedFields capped() {
        List<Owner> updaters = owners.stream()
                .filter(owner -> owner.manager().operation() == FieldManager.Operation.UPDATE)
                .sorted(ORDER).toList();
        ManagedFields capped = this;
        for (Owner old : updaters.subList(0, Math.max(0, updaters.size() - MAX_UPDATERS))) {
            FieldManager bucket = new FieldManager(ANCIENT, FieldManager.Operation.UPDATE, old.manager().apiVersion(), "");
            capped = capped.with(old.with(FieldSet.EMPTY))
                    .with(new Owner(bucket, capped.fieldsOf(bucket).union(old.fields()), old.time()));
        }
        return capped;
    }

    private static final Comparator<Owner> ORDER = Comparator
            .comparing((Owner owner) -> owner.manager().operation())
            .thenComparing(owner -> owner.time().map(Instant::getEpochSecond).orElse(0L))
            .thenComparing(owner -> owner.manager().name())
            .thenComparing(owner -> owner.manager().apiVersion())
            .thenComparing(owner -> owner.manager().subresource());

    /**
     * Reads {@code metadata.managedFields}.
     *
     * @throws IllegalArgumentException if it is not in the format
     */
    static ManagedFields decode(JsonNode list) {
        List<Owner> owners = new ArrayList<>();
        for (JsonNode entry : list) {
            String type = entry.path("fieldsType").asString("");
            if (!type.isEmpty() && !type.equals("FieldsV1")) {
                throw new IllegalArgumentException("invalid fieldsType \"" + type + "\" in managedFields");
            }
            FieldManager manager = new FieldManager(entry.path("manager").asString(""),
                    FieldManager.Operation.of(entry.path("operation").asString("")),
                    entry.path("apiVersion").asString(""), entry.path("subresource").asString(""));
            JsonNode fields = entry.path("fieldsV1");
            owners.add(new Owner(manager, fields.isObject() ? FieldsV1.decode(fields) : FieldSet.EMPTY,
                    Times.parse(entry.path("time").asString(""))));
        }
        return new ManagedFields(owners);
    }

    ArrayNode encode() {
        ArrayNode list = Json.mapper().createArrayNode();
        for (Owner owner : owners.stream().sorted(ORDER).toList()) {
            ObjectNode entry = list.addObject();
            entry.put("manager", owner.manager().name());
            entry.put("operation", owner.manager().operation().text());
            entry.put("apiVersion", owner.manager().apiVersion());
            owner.time().ifPresent(time -> entry.put("time", Times.format(time)));
            entry.put("fieldsType", "FieldsV1");
            entry.set("fieldsV1", FieldsV1.encode(owner.fields()));
            if (!owner.manager().subresource().isEmpty()) {
                entry.put("subresource", owner.manager().subresource());
            }
        }
        return list;
    }
}
