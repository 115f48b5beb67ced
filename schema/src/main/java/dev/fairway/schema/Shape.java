package dev.fairway.schema;

import java.util.Set;

/** The form of a field's value. */
public sealed interface Shape {
    /** Values without parts, with how JSON writes them. */
    enum Scalar implements Shape {
        STRING("string"), BOOL("boolean"), INT32("integer"), INT64("integer"), DOUBLE("number"),
        /** Base64 in JSON. */
        BYTES("string"),
        /** RFC 3339, whole seconds. */
        TIME("string"),
        /** RFC 3339, microseconds. */
        MICRO_TIME("string"),
        /** As {@code 1h2m3s}. */
        DURATION("string"),
        /** A number with a suffix, such as {@code 500Mi}; a string or a number in JSON. */
        QUANTITY("string"),
        /** A number or a string. */
        INT_OR_STRING("string"),
        /** Any JSON object. */
        RAW("object"),
        /** The JSON of managedFields. */
        FIELDS("object"),
        /** A list of strings that protobuf wraps into a message. */
        WRAPPED("array");

        private final String jsonType;

        Scalar(String jsonType) {
            this.jsonType = jsonType;
        }

        /** The JSON Schema type. */
        public String jsonType() {
            return jsonType;
        }
    }

    /** A list. */
    record ListOf(Shape element) implements Shape {
    }

    /** A map with string keys. */
    record MapOf(Shape value) implements Shape {
    }

    /** An object of a type, such as {@code core/v1.PodSpec}; found in the {@link TypeTable}. */
    record Message(String type) implements Shape {
    }

    /** A string out of a set, which validation (not decoding) enforces. */
    record EnumOf(String type, Set<String> values) implements Shape {
        public EnumOf {
            values = java.util.Collections.unmodifiableSet(new java.util.LinkedHashSet<>(values));
        }
    }
}
