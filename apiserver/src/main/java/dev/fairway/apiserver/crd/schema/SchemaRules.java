package dev.fairway.apiserver.crd.schema;

import dev.fairway.schema.FieldError;
import dev.fairway.schema.FieldError.Type;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What a schema may use of OpenAPI v3, and how Kubernetes' extensions of it go together. */
public final class SchemaRules {
    private static final List<String> TYPES = List.of("array", "boolean", "integer", "number", "object", "string");
    private static final Set<String> META = Set.of("metadata", "kind", "apiVersion");
    private static final List<String> UNSUPPORTED = List.of("id", "additionalItems", "patternProperties", "definitions",
            "dependencies", "$ref");

    private final List<FieldError> errors;

    private SchemaRules(List<FieldError> errors) {
        this.errors = errors;
    }

    /**
     * Where a schema stands.
     *
     * @param resource   whether it is that of an object with type and metadata, the whole or an embedded one
     * @param meta       whether it is below the type or metadata of such an object
     * @param noDefaults why there may be no defaults; empty where there may
     */
    private record Place(boolean resource, boolean meta, String noDefaults) {
    }

    /** Adds what is wrong with the schema of a kind. */
    public static void check(JsonNode schema, String path, List<FieldError> errors) {
        new SchemaRules(errors).node(schema, path, new Place(true, false, ""), true);
    }

    private void node(JsonNode schema, String path, Place place, boolean root) {
        supported(schema, path, place);
        if (schema.path("additionalProperties").isObject() || schema.path("additionalProperties").isBoolean()) {
            if (!schema.path("properties").isEmpty()) {
                errors.add(FieldError.forbidden(path + ".additionalProperties", "additionalProperties and properties are mutual exclusive"));
            }
            child(schema, "additionalProperties", path, new Place(false, place.meta(), place.meta()
                    ? "inside additionalProperties applying to object metadata" : place.noDefaults()));
        }
        boolean resource = root || schema.path("x-kubernetes-embedded-resource").asBoolean(false);
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            boolean meta = resource && META.contains(property.getKey());
            node(property.getValue(), path + ".properties[" + property.getKey() + "]", new Place(false, place.meta() || meta,
                    root && meta ? "in top-level " + property.getKey() : place.noDefaults()), false);
        }
        Place inside = new Place(false, place.meta(), place.noDefaults());
        child(schema, "not", path, inside);
        for (String junctor : List.of("allOf", "oneOf", "anyOf")) {
            for (int i = 0; i < schema.path(junctor).size(); i++) {
                node(schema.path(junctor).get(i), path + "." + junctor + "[" + i + "]", inside, false);
            }
        }
        child(schema, "items", path, inside);
        maps(schema, path);
        lists(schema, path);
    }

    private void child(JsonNode schema, String name, String path, Place place) {
        if (schema.path(name).isObject()) {
            node(schema.path(name), path + "." + name, place, false);
        }
    }

    private void supported(JsonNode schema, String path, Place place) {
        String type = schema.path("type").asString("");
        if (!type.isEmpty() && !TYPES.contains(type)) {
            errors.add(FieldError.notSupported(path + ".type", type, TYPES));
        }
        if (type.equals("null")) {
            errors.add(FieldError.forbidden(path + ".type", "type cannot be set to null, use nullable as an alternative"));
        }
        if (schema.hasNonNull("default") && !place.noDefaults().isEmpty()) {
            errors.add(FieldError.forbidden(path + ".default", "must not be set " + place.noDefaults()));
        }
        UNSUPPORTED.stream().filter(schema::hasNonNull)
                .forEach(name -> errors.add(FieldError.forbidden(path + "." + name, name + " is not supported")));
        if (schema.path("items").isArray()) {
            errors.add(FieldError.forbidden(path + ".items", "items must be a schema object and not an array"));
        }
        if (schema.path("uniqueItems").asBoolean(false)) {
            errors.add(FieldError.forbidden(path + ".uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
        }
        if (place.meta() && schema.path("x-kubernetes-embedded-resource").asBoolean(false)) {
            errors.add(FieldError.forbidden(path + ".x-kubernetes-embedded-resource", "must not be used inside of resource meta"));
        }
        JsonNode open = schema.path("x-kubernetes-preserve-unknown-fields");
        if (open.isBoolean() && !open.asBoolean()) {
            errors.add(FieldError.invalid(path + ".x-kubernetes-preserve-unknown-fields", false, "must be true or undefined"));
        }
        try {
            SchemaNode.pattern(schema);
        } catch (IllegalArgumentException e) {
            errors.add(FieldError.invalid(path + ".pattern", schema.path("pattern").asString(""), e.getMessage()));
        }
    }

    private void needsType(JsonNode schema, String path, String wanted, String extension) {
        String type = schema.path("type").asString("");
        String detail = "must be " + wanted + " if " + extension + " is specified";
        if (!type.equals(wanted)) {
            errors.add(type.isEmpty() ? FieldError.required(path + ".type", detail) : FieldError.invalid(path + ".type", type, detail));
        }
    }

    private void maps(JsonNode schema, String path) {
        if (schema.hasNonNull("x-kubernetes-map-type")) {
            String mapType = schema.path("x-kubernetes-map-type").asString("");
            needsType(schema, path, "object", "x-kubernetes-map-type");
            if (!List.of("atomic", "granular").contains(mapType)) {
                errors.add(FieldError.notSupported(path + ".x-kubernetes-map-type", mapType, List.of("atomic", "granular")));
            }
        }
    }

    private void lists(JsonNode schema, String path) {
        String listType = schema.path("x-kubernetes-list-type").asString("");
        JsonNode keys = schema.path("x-kubernetes-list-map-keys");
        if (schema.hasNonNull("x-kubernetes-list-type")) {
            needsType(schema, path, "array", "x-kubernetes-list-type");
            if (!List.of("atomic", "set", "map").contains(listType)) {
                errors.add(FieldError.notSupported(path + ".x-kubernetes-list-type", listType, List.of("atomic", "set", "map")));
            }
        }
        if (!keys.isEmpty() && !listType.equals("map")) {
            String detail = "must be map if x-kubernetes-list-map-keys is non-empty";
            errors.add(listType.isEmpty() ? FieldError.required(path + ".x-kubernetes-list-type", detail)
                    : FieldError.invalid(path + ".x-kubernetes-list-type", listType, detail));
        }
        JsonNode items = schema.path("items");
        if (!items.isObject() || !listType.equals("set") && !listType.equals("map")) {
            if (listType.equals("map")) {
                errors.add(FieldError.required(path + ".items", "must have a schema if x-kubernetes-list-type is map"));
            }
            return;
        }
        if (items.path("nullable").asBoolean(false)) {
            errors.add(FieldError.forbidden(path + ".items.nullable", "cannot be nullable when x-kubernetes-list-type is " + listType));
        }
        if (listType.equals("set")) {
            set(items, path + ".items");
        } else {
            keyed(items, keys, path);
        }
    }

    /** The items of a set are compared as wholes. */
    private void set(JsonNode items, String path) {
        String detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
        String list = items.path("x-kubernetes-list-type").asString("");
        String map = items.path("x-kubernetes-map-type").asString("");
        if (items.path("type").asString("").equals("array") && !list.isEmpty() && !list.equals("atomic")) {
            errors.add(FieldError.invalid(path + ".x-kubernetes-list-type", list, detail));
        } else if (items.path("type").asString("").equals("object") && !map.equals("atomic")) {
            errors.add(FieldError.invalid(path + ".x-kubernetes-map-type", map.isEmpty() ? null : map, detail));
        }
    }

    private void keyed(JsonNode items, JsonNode keys, String path) {
        String keysPath = path + ".x-kubernetes-list-map-keys";
        if (keys.isEmpty()) {
            errors.add(FieldError.required(keysPath, "must not be empty if x-kubernetes-list-type is map"));
        }
        if (!items.path("type").asString("").equals("object")) {
            errors.add(FieldError.invalid(path + ".items.type", items.path("type").asString(""),
                    "must be object if parent array's x-kubernetes-list-type is map"));
            return;
        }
        Set<String> seen = new HashSet<>();
        for (JsonNode each : keys) {
            String key = each.asString("");
            String at = path + ".items.properties[" + key + "]";
            JsonNode property = items.path("properties").path(key);
            if (!seen.add(key)) {
                errors.add(FieldError.invalid(keysPath, keys, "must not contain duplicate entries"));
            }
            if (property.isMissingNode()) {
                errors.add(FieldError.invalid(keysPath, keys, "entries must all be names of item properties"));
                continue;
            }
            String type = property.path("type").asString("");
            if (type.equals("array") || type.equals("object")) {
                errors.add(new FieldError(Type.INVALID, at + ".type", type, "must be a scalar type if parent array's x-kubernetes-list-type is map"));
            }
            boolean required = items.path("required").valueStream().anyMatch(name -> name.asString("").equals(key));
            if (!required && !property.hasNonNull("default")) {
                errors.add(FieldError.required(at + ".default",
                        "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"));
            }
            if (property.path("nullable").asBoolean(false)) {
                errors.add(FieldError.forbidden(at + ".nullable", "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"));
            }
        }
    }
}
