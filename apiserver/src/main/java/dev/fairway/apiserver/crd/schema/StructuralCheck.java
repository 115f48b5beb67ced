package dev.fairway.apiserver.crd.schema;

import dev.fairway.schema.FieldError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Whether a schema is structural: every node has a type, the schemas under allOf, anyOf, oneOf and not add only
 * conditions on what is declared outside of them, and metadata is left to Kubernetes.
 */
public final class StructuralCheck {
    private static final List<String> JUNCTORS = List.of("allOf", "anyOf", "oneOf");
    private static final List<String> EMPTY_IN_CONDITIONS = List.of("type", "title", "description", "x-kubernetes-list-map-keys");
    private static final List<String> UNDEFINED_IN_CONDITIONS = List.of("default", "externalDocs", "additionalProperties",
            "x-kubernetes-list-type", "x-kubernetes-map-type");
    private static final List<String> FALSE_IN_CONDITIONS = List.of("nullable", "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-embedded-resource", "x-kubernetes-int-or-string");

    private enum Level { ROOT, ITEM, FIELD }

    private final List<FieldError> errors;

    private StructuralCheck(List<FieldError> errors) {
        this.errors = errors;
    }

    /** Adds what is wrong with the schema of a kind. */
    public static void check(JsonNode schema, String path, List<FieldError> errors) {
        StructuralCheck check = new StructuralCheck(errors);
        check.node(schema, Level.ROOT, path);
        check.declared(schema, schema, path, path);
    }

    private void node(JsonNode schema, Level level, String path) {
        if (schema.path("type").asString("").equals("array") && !schema.path("items").isObject()) {
            errors.add(FieldError.required(path + ".items", "must be specified"));
        }
        if (schema.path("items").isObject()) {
            node(schema.path("items"), Level.ITEM, path + ".items");
        }
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            node(property.getValue(), Level.FIELD, path + ".properties[" + property.getKey() + "]");
        }
        if (schema.has("additionalProperties") && level == Level.ROOT) {
            errors.add(FieldError.forbidden(path + ".additionalProperties", "must not be used at the root"));
        }
        if (schema.path("additionalProperties").isObject()) {
            node(schema.path("additionalProperties"), Level.FIELD, path + ".additionalProperties");
        }
        extensions(schema, path);
        type(schema, level, path);
        conditions(schema, isIntOrString(schema.path("anyOf")), path);
        metadata(schema, level, path);
    }

    private void extensions(JsonNode schema, String path) {
        if (flag(schema, "x-kubernetes-int-or-string")) {
            for (String name : List.of("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource")) {
                if (flag(schema, name)) {
                    errors.add(FieldError.invalid(path + "." + name, true, "must be false if x-kubernetes-int-or-string is true"));
                }
            }
        }
        if (flag(schema, "x-kubernetes-embedded-resource")) {
            if (schema.has("additionalProperties")) {
                errors.add(FieldError.forbidden(path + ".additionalProperties", "must not be used if x-kubernetes-embedded-resource is set"));
            }
            if (!flag(schema, "x-kubernetes-preserve-unknown-fields") && schema.path("properties").isEmpty()) {
                errors.add(FieldError.required(path + ".properties", "must not be empty if x-kubernetes-embedded-resource"
                        + " is true without x-kubernetes-preserve-unknown-fields"));
            }
        }
    }

    private void type(JsonNode schema, Level level, String path) {
        String type = schema.path("type").asString("");
        if (flag(schema, "x-kubernetes-embedded-resource") && !type.equals("object")) {
            String detail = "must be object if x-kubernetes-embedded-resource is true";
            errors.add(type.isEmpty() ? FieldError.required(path + ".type", detail) : FieldError.invalid(path + ".type", type, detail));
        } else if (type.isEmpty() && !flag(schema, "x-kubernetes-int-or-string") && !flag(schema, "x-kubernetes-preserve-unknown-fields")) {
            errors.add(FieldError.required(path + ".type", switch (level) {
                case ROOT -> "must not be empty at the root";
                case ITEM -> "must not be empty for specified array items";
                case FIELD -> "must not be empty for specified object fields";
            }));
        }
        if (level == Level.ROOT && !type.isEmpty() && !type.equals("object")) {
            errors.add(FieldError.invalid(path + ".type", type, "must be object at the root"));
        }
    }

    private void metadata(JsonNode schema, Level level, String path) {
        boolean top = level == Level.ROOT || flag(schema, "x-kubernetes-embedded-resource");
        for (String name : List.of("kind", "apiVersion")) {
            JsonNode property = schema.path("properties").path(name);
            if (top && property.isObject() && !property.path("type").asString("").equals("string")) {
                errors.add(FieldError.invalid(path + ".properties[" + name + "].type", property.path("type").asString(""), "must be string"));
            }
        }
        JsonNode metadata = schema.path("properties").path("metadata");
        if (!metadata.isObject()) {
            return;
        }
        String at = path + ".properties[metadata]";
        if (top && !metadata.path("type").asString("").equals("object")) {
            errors.add(FieldError.invalid(at + ".type", metadata.path("type").asString(""), "must be object"));
        }
        if (level == Level.ROOT) {
            Set<String> said = new TreeSet<>(metadata.propertyNames());
            said.removeAll(List.of("type", "description", "default"));
            Set<String> properties = new TreeSet<>(metadata.path("properties").propertyNames());
            if (!properties.isEmpty() && Set.of("name", "generateName").containsAll(properties)) {
                said.remove("properties");
            }
            if (!said.isEmpty()) {
                errors.add(FieldError.forbidden(at, "must not specify anything other than name and generateName, but metadata"
                        + " is implicitly specified"));
            }
        }
    }

    /** The schemas below junctors, which only add conditions. */
    private void conditions(JsonNode schema, boolean intOrString, String path) {
        for (String junctor : JUNCTORS) {
            JsonNode list = schema.path(junctor);
            for (int i = 0; i < list.size(); i++) {
                String at = path + "." + junctor + "[" + i + "]";
                if (junctor.equals("anyOf") && intOrString) {
                    continue;
                }
                condition(list.get(i), junctor.equals("allOf") && i == 0 && isIntOrString(list.get(i).path("anyOf")), at);
            }
        }
        if (schema.path("not").isObject()) {
            condition(schema.path("not"), false, path + ".not");
        }
    }

    private void condition(JsonNode schema, boolean intOrString, String path) {
        conditions(schema, intOrString, path);
        if (schema.path("items").isObject()) {
            condition(schema.path("items"), false, path + ".items");
        }
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            condition(property.getValue(), false, path + ".properties[" + property.getKey() + "]");
        }
        EMPTY_IN_CONDITIONS.stream().filter(name -> !schema.path(name).asString("").isEmpty() || !schema.path(name).isEmpty())
                .forEach(name -> errors.add(FieldError.forbidden(path + "." + name, "must be empty to be structural")));
        UNDEFINED_IN_CONDITIONS.stream().filter(schema::hasNonNull)
                .forEach(name -> errors.add(FieldError.forbidden(path + "." + name, "must be undefined to be structural")));
        FALSE_IN_CONDITIONS.stream().filter(name -> flag(schema, name))
                .forEach(name -> errors.add(FieldError.forbidden(path + "." + name, "must be false to be structural")));
        if (!schema.path("x-kubernetes-validations").isEmpty()) {
            errors.add(FieldError.forbidden(path + ".x-kubernetes-validations", "must be empty to be structural"));
        }
        if (schema.path("properties").has("metadata")) {
            errors.add(FieldError.forbidden(path + ".properties[metadata]", "must not be specified in a nested context"));
        }
    }

    /** Every field that a condition speaks of is declared outside of conditions too. */
    private void declared(JsonNode condition, JsonNode schema, String path, String conditionPath) {
        for (String junctor : JUNCTORS) {
            JsonNode list = condition.path(junctor);
            for (int i = 0; i < list.size(); i++) {
                declaredBelow(list.get(i), Optional.of(schema), path, conditionPath + "." + junctor + "[" + i + "]");
            }
        }
        if (condition.path("not").isObject()) {
            declaredBelow(condition.path("not"), Optional.of(schema), path, conditionPath + ".not");
        }
    }

    private void declaredBelow(JsonNode condition, Optional<JsonNode> schema, String path, String conditionPath) {
        if (schema.isEmpty()) {
            errors.add(FieldError.required(path, "because it is defined in " + conditionPath));
            return;
        }
        declared(condition, schema.get(), path, conditionPath);
        if (condition.path("items").isObject()) {
            declaredBelow(condition.path("items"), child(schema.get().path("items")), path + ".items", conditionPath + ".items");
        }
        for (Map.Entry<String, JsonNode> property : condition.path("properties").properties()) {
            String step = ".properties[" + property.getKey() + "]";
            declaredBelow(property.getValue(), child(schema.get().path("properties").path(property.getKey())), path + step, conditionPath + step);
        }
    }

    private static Optional<JsonNode> child(JsonNode node) {
        return node.isObject() ? Optional.of(node) : Optional.empty();
    }

    private static boolean flag(JsonNode schema, String name) {
        return schema.path(name).asBoolean(false);
    }

    /** {@code anyOf: [{type: integer}, {type: string}]}, the one use of type in a condition that is allowed. */
    private static boolean isIntOrString(JsonNode anyOf) {
        return anyOf.size() == 2 && only(anyOf.get(0), "integer") && only(anyOf.get(1), "string");
    }

    private static boolean only(JsonNode schema, String type) {
        return schema.size() == 1 && schema.path("type").asString("").equals(type);
    }
}
