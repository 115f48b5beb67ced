package dev.fairway.apiserver.registry;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What ownership of fields needs to know of a type: whether its parts can have different owners, and how items of a
 * list are told apart ({@code x-kubernetes-list-type}, {@code x-kubernetes-map-type}).
 */
public interface Shape {

    /** How a value divides. */
    enum Kind {
        /** Has one owner as a whole: a scalar, an atomic list or map. */
        ATOMIC,
        /** A struct or map whose fields have owners of their own. */
        GRANULAR,
        /** A list whose items are known by key fields ({@code x-kubernetes-list-type: map}). */
        KEYED,
        /** A list whose items are known by their values ({@code x-kubernetes-list-type: set}). */
        SET,
        /** Unknown: objects divide into their fields, lists do not divide. */
        OPEN
    }

    /** A scalar, or whatever else has one owner. */
    Shape ATOM = new Fixed(Kind.ATOMIC);

    /** A value whose type nobody declared. */
    Shape ANYTHING = new Fixed(Kind.OPEN);

    Kind kind();

    /** The kind that a value of this shape has: an unknown one is as its value looks. */
    default Kind kindOf(JsonNode value) {
        if (kind() == Kind.OPEN) {
            return value.isObject() ? Kind.GRANULAR : Kind.ATOMIC;
        }
        // A value of the wrong type does not divide; validation refuses it later.
        return switch (kind()) {
            case GRANULAR -> value.isObject() ? Kind.GRANULAR : Kind.ATOMIC;
            case KEYED, SET -> value.isArray() ? kind() : Kind.ATOMIC;
            case ATOMIC, OPEN -> Kind.ATOMIC;
        };
    }

    /** The type of a field or map entry, for {@link Kind#GRANULAR}. */
    Shape field(String name);

    /** Whether the name is a field of a struct, rather than an entry of a map. */
    boolean declares(String name);

    /** Whether a struct field is there whether it is written or not, so that nobody can own it as such. */
    default boolean isEmbedded(String name) {
        return declares(name);
    }

    /** The key fields, for {@link Kind#KEYED}. */
    List<String> keys();

    /** What absent key fields count as. */
    Map<String, JsonNode> keyDefaults();

    /** The type of the items, for lists. */
    Shape item();

    /** A shape without parts of its own. */
    record Fixed(Kind kind) implements Shape {
        @Override
        public Shape field(String name) {
            return ANYTHING;
        }

        @Override
        public boolean declares(String name) {
            return false;
        }

        @Override
        public List<String> keys() {
            return List.of();
        }

        @Override
        public Map<String, JsonNode> keyDefaults() {
            return Map.of();
        }

        @Override
        public Shape item() {
            return ANYTHING;
        }
    }
}
