package dev.fairway.apiserver.crd;

import dev.fairway.schema.FieldError;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Whether a schema is structural: every node has a type, junctors add only conditions, and nothing is used that would
 * leave the form of objects open.
 */
final class StructuralCheck {
    private static final Set<String> TYPES = Set.of("object", "array", "string", "integer", "number", "boolean");
    private static final List<String> FORBIDDEN = List.of("$ref", "definitions", "dependencies", "patternProperties",
            "additionalItems", "id");

    private StructuralCheck() {
    }

    /** Adds what is wrong with the schema of a kind. */
    static void check(JsonNode schema, String path, List<FieldError> errors) {
        if (!schema.path("type").asString("").equals("object")) {
            errors.add(schema.has("type") ? FieldError.invalid(path + ".type", schema.path("type").asString(""), "must be object at the root")
                    : FieldError.required(path + ".type", "must not be empty at the root"));
            return;
        }
        node(schema, path, errors);
    }

    private static void node(JsonNode schema, String path, List<FieldError> errors) {
        String type = schema.path("type").asString("");
        boolean intOrString = schema.path("x-kubernetes-int-or-string").asBoolean(false);
        boolean open = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean(false);
        if (type.isEmpty() && !intOrString && !open) {
            errors.add(FieldError.required(path + ".type", "must not be empty for specified object fields"));
        } else if (!type.isEmpty() && !TYPES.contains(type)) {
            errors.add(FieldError.notSupported(path + ".type", type, TYPES));
        }
        for (String name : FORBIDDEN) {
            if (schema.has(name)) {
                errors.add(FieldError.forbidden(path + "." + name, name + " is not supported"));
            }
        }
        if (schema.path("uniqueItems").asBoolean(false)) {
            errors.add(FieldError.forbidden(path + ".uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
        }
        boolean additional = schema.path("additionalProperties").isObject() || schema.path("additionalProperties").asBoolean(false);
        if (additional && !schema.path("properties").isEmpty()) {
            errors.add(FieldError.forbidden(path + ".additionalProperties", "additionalProperties and properties are mutual exclusive"));
        }
        if (type.equals("array") && !schema.path("items").isObject()) {
            errors.add(FieldError.required(path + ".items", "must be specified"));
        }
        list(schema, type, path, errors);
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            node(property.getValue(), path + ".properties[" + property.getKey() + "]", errors);
        }
        if (schema.path("items").isObject()) {
            node(schema.path("items"), path + ".items", errors);
        }
        if (schema.path("additionalProperties").isObject()) {
            node(schema.path("additionalProperties"), path + ".additionalProperties", errors);
        }
    }

    private static void list(JsonNode schema, String type, String path, List<FieldError> errors) {
        String listType = schema.path("x-kubernetes-list-type").asString("");
        if (listType.isEmpty()) {
            return;
        }
        if (!type.equals("array")) {
            errors.add(FieldError.invalid(path + ".type", type, "must be array if x-kubernetes-list-type is specified"));
        }
        switch (listType) {
            case "atomic", "set" -> {
                // nothing more is needed
            }
            case "map" -> {
                if (schema.path("x-kubernetes-list-map-keys").isEmpty()) {
                    errors.add(FieldError.required(path + ".x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map"));
                }
                int index = 0;
                for (JsonNode key : schema.path("x-kubernetes-list-map-keys")) {
                    String at = path + ".x-kubernetes-list-map-keys[" + index++ + "]";
                    JsonNode items = schema.path("items");
                    JsonNode property = items.path("properties").path(key.asString(""));
                    boolean required = items.path("required").valueStream().anyMatch(each -> each.equals(key));
                    if (property.isMissingNode()) {
                        errors.add(FieldError.invalid(at, key.asString(""), "entries must all be names of item properties"));
                    } else if (!required && !property.has("default")) {
                        errors.add(FieldError.required(path + ".items.properties[" + key.asString("") + "].default",
                                "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"));
                    }
                }
            }
            default -> errors.add(FieldError.notSupported(path + ".x-kubernetes-list-type", listType, List.of("atomic", "map", "set")));
        }
    }
}
