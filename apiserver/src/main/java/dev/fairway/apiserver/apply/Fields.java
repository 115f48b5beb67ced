package dev.fairway.apiserver.apply;

import dev.fairway.apiserver.registry.Shape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Which fields a value has, which of them differ between two values, and the value without some of them. Pure. */
final class Fields {

    /**
     * How a value became another.
     *
     * @param added    paths that only the new value has, containers included
     * @param modified leaves that both have, with different values
     * @param removed  paths that only the old value had
     */
    record Comparison(FieldSet added, FieldSet modified, FieldSet removed) {
        boolean isSame() {
            return added.isEmpty() && modified.isEmpty() && removed.isEmpty();
        }

        Comparison without(FieldSet ignored) {
            return new Comparison(added.minusBelow(ignored), modified.minusBelow(ignored), removed.minusBelow(ignored));
        }
    }

    private static final Comparison SAME = new Comparison(FieldSet.EMPTY, FieldSet.EMPTY, FieldSet.EMPTY);
    private static final Comparison ADDED = new Comparison(FieldSet.HERE, FieldSet.EMPTY, FieldSet.EMPTY);
    private static final Comparison MODIFIED = new Comparison(FieldSet.EMPTY, FieldSet.HERE, FieldSet.EMPTY);
    private static final Comparison REMOVED = new Comparison(FieldSet.EMPTY, FieldSet.EMPTY, FieldSet.HERE);

    private Fields() {
    }

    /**
     * What an applied configuration claims: its leaves, its list items and its map entries.
     *
     * @throws DuplicateItemException if a list holds two items of one identity
     */
    static FieldSet of(JsonNode value, Shape shape) {
        return of(value, shape, List.of());
    }

    private static FieldSet of(JsonNode value, Shape shape, List<PathElement> path) {
        TreeMap<PathElement, FieldSet> children = new TreeMap<>();
        switch (shape.kindOf(value)) {
            case ATOMIC, OPEN -> {
                return FieldSet.HERE;
            }
            case GRANULAR -> value.properties().forEach(entry -> {
                PathElement step = new PathElement.Field(entry.getKey());
                FieldSet below = of(entry.getValue(), shape.field(entry.getKey()), PathElement.append(path, step));
                boolean itself = !shape.declares(entry.getKey()) || entry.getValue().isObject() && entry.getValue().isEmpty();
                put(children, step, itself ? below.union(FieldSet.HERE) : below);
            });
            case KEYED, SET -> value.forEach(item -> {
                PathElement step = PathElement.of(item, shape);
                FieldSet below = of(item, shape.item(), PathElement.append(path, step)).union(FieldSet.HERE);
                if (children.put(step, below) != null) {
                    throw new DuplicateItemException(PathElement.path(path), step);
                }
            });
        }
        return new FieldSet(false, children);
    }

    /** Compares two values of one shape. */
    static Comparison compare(JsonNode before, JsonNode after, Shape shape) {
        return compare(before, after, shape, false);
    }

    /**
     * @param counts whether the path that leads here can have an owner of its own: a list item and a map entry can, a
     *               struct that is part of another cannot
     */
    private static Comparison compare(JsonNode before, JsonNode after, Shape shape, boolean counts) {
        boolean absentBefore = isAbsent(before);
        boolean absentAfter = isAbsent(after);
        if (absentBefore && absentAfter) {
            return SAME;
        }
        Shape.Kind kind = shape.kindOf(absentAfter ? before : after);
        boolean leaf = kind == Shape.Kind.ATOMIC || size(before) == 0 && size(after) == 0
                || !absentBefore && shape.kindOf(before) != kind;
        if (leaf) {
            return absentBefore ? ADDED : absentAfter ? REMOVED : before.equals(after) ? SAME : MODIFIED;
        }
        TreeMap<PathElement, FieldSet> added = new TreeMap<>();
        TreeMap<PathElement, FieldSet> modified = new TreeMap<>();
        TreeMap<PathElement, FieldSet> removed = new TreeMap<>();
        var left = parts(before, kind, shape);
        var right = parts(after, kind, shape);
        TreeMap<PathElement, Boolean> steps = new TreeMap<>();
        left.keySet().forEach(step -> steps.put(step, true));
        right.keySet().forEach(step -> steps.put(step, true));
        for (PathElement step : steps.keySet()) {
            Comparison below = compare(left.get(step), right.get(step), next(shape, kind, step),
                    !(step instanceof PathElement.Field(String name) && shape.isEmbedded(name)
                            && isStruct(shape.field(name), right.get(step))));
            put(added, step, below.added());
            put(modified, step, below.modified());
            put(removed, step, below.removed());
        }
        return new Comparison(new FieldSet(absentBefore && counts, added), new FieldSet(false, modified),
                new FieldSet(absentAfter, removed));
    }

    /** The value without these fields; null if nothing is left of it. */
    static JsonNode without(JsonNode value, FieldSet unwanted, Shape shape) {
        Shape.Kind kind = shape.kindOf(value);
        if (unwanted.isEmpty() || kind == Shape.Kind.ATOMIC) {
            return value;
        }
        JsonNode rest = kind == Shape.Kind.GRANULAR
                ? JsonNodeFactory.instance.objectNode() : JsonNodeFactory.instance.arrayNode();
        if (kind == Shape.Kind.GRANULAR) {
            value.properties().forEach(entry -> {
                JsonNode kept = kept(entry.getValue(), unwanted.below(new PathElement.Field(entry.getKey())),
                        shape.field(entry.getKey()));
                if (kept != null) {
                    ((ObjectNode) rest).set(entry.getKey(), kept);
                }
            });
        } else {
            for (JsonNode item : value) {
                JsonNode kept = kept(item, unwanted.below(PathElement.of(item, shape)), shape.item());
                if (kept != null) {
                    ((ArrayNode) rest).add(kept);
                }
            }
        }
        return rest.isEmpty() ? null : rest;
    }

    private static JsonNode kept(JsonNode part, FieldSet unwanted, Shape shape) {
        return unwanted.member() ? null : without(part, unwanted, shape);
    }

    private static boolean isStruct(Shape shape, JsonNode value) {
        return value != null && value.isObject() && value.propertyNames().stream().anyMatch(shape::declares);
    }

    private static Map<PathElement, JsonNode> parts(JsonNode value, Shape.Kind kind, Shape shape) {
        if (isAbsent(value)) {
            return Map.of();
        }
        if (kind != Shape.Kind.GRANULAR) {
            return PathElement.index(value, shape);
        }
        TreeMap<PathElement, JsonNode> fields = new TreeMap<>();
        value.properties().forEach(entry -> fields.put(new PathElement.Field(entry.getKey()), entry.getValue()));
        return fields;
    }

    private static Shape next(Shape shape, Shape.Kind kind, PathElement step) {
        return kind == Shape.Kind.GRANULAR && step instanceof PathElement.Field(String name)
                ? shape.field(name) : shape.item();
    }

    static boolean isAbsent(JsonNode value) {
        return value == null || value.isNull() || value.isMissingNode();
    }

    private static int size(JsonNode value) {
        return isAbsent(value) ? 0 : value.size();
    }

    private static void put(TreeMap<PathElement, FieldSet> into, PathElement step, FieldSet set) {
        if (!set.isEmpty()) {
            into.put(step, set);
        }
    }
}
