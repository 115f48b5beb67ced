package dev.fairway.apiserver.crd.schema;

import dev.fairway.apiserver.crd.schema.SchemaNode.Bound;
import dev.fairway.schema.FieldError;
import dev.fairway.schema.FieldError.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Validates values against a schema. The messages are those of Kubernetes' OpenAPI validation. */
public final class SchemaValidation {
    private static final int MOST_ERRORS = 50;

    private SchemaValidation() {
    }

    /**
     * What is wrong with a value; CEL rules are not run. Values that are as they were are excused: a schema that has
     * become stricter does not get in the way of changes elsewhere.
     *
     * @param old the value before; null if there was none
     */
    public static List<FieldError> validate(JsonNode value, JsonNode old, SchemaNode schema, String path) {
        List<FieldError> errors = new ArrayList<>();
        check(value, old, schema, path, errors);
        return errors.size() > MOST_ERRORS ? errors.subList(0, MOST_ERRORS) : errors;
    }

    private static void check(JsonNode value, JsonNode old, SchemaNode schema, String path, List<FieldError> errors) {
        if (value.isNull() && schema.nullable() || value.equals(old)) {
            return;
        }
        if (!hasType(value, schema)) {
            String wanted = schema.intOrString() ? "integer,string" : schema.type();
            errors.add(new FieldError(Type.TYPE_INVALID, path, typeName(value),
                    path + " in body must be of type " + wanted + ": \"" + typeName(value) + "\""));
            return;
        }
        if (!schema.allowed().isEmpty() && schema.allowed().stream().noneMatch(each -> same(each, value))) {
            errors.add(FieldError.notSupported(path, shown(value),
                    schema.allowed().stream().map(each -> each.isString() ? each.stringValue() : each.toString()).toList()));
        }
        switch (value.getNodeType()) {
            case STRING -> string(value.stringValue(), schema, path, errors);
            case NUMBER -> number(value.decimalValue(), schema, path, errors);
            case ARRAY -> array(value, old, schema, path, errors);
            case OBJECT -> object(value, old, schema, path, errors);
            case BOOLEAN, NULL, BINARY, MISSING, POJO -> {
                // the type says all
            }
        }
        combined(value, schema, path, errors);
    }

    private static boolean hasType(JsonNode value, SchemaNode schema) {
        if (schema.intOrString()) {
            return value.isString() || value.isIntegralNumber();
        }
        return switch (schema.type()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "integer" -> value.isIntegralNumber() || value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> true;
        };
    }

    private static String typeName(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING, BINARY -> "string";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            case ARRAY -> "array";
            case OBJECT, POJO -> "object";
            case BOOLEAN -> "boolean";
            case NULL, MISSING -> "null";
        };
    }

    /** A value as errors show it. */
    public static Object shown(JsonNode value) {
        return value.isString() ? value.stringValue() : value;
    }

    private static boolean same(JsonNode left, JsonNode right) {
        return left.isNumber() && right.isNumber() ? left.decimalValue().compareTo(right.decimalValue()) == 0 : left.equals(right);
    }

    private static void string(String value, SchemaNode schema, String path, List<FieldError> errors) {
        int length = value.codePointCount(0, value.length());
        if (schema.length().least() > length) {
            errors.add(FieldError.invalid(path, value, path + " in body should be at least " + schema.length().least() + " chars long"));
        }
        if (schema.length().most() >= 0 && length > schema.length().most()) {
            errors.add(new FieldError(Type.TOO_LONG, path, value, "may not be more than " + schema.length().most() + " bytes"));
        }
        schema.pattern().filter(pattern -> !pattern.matcher(value).find()).ifPresent(pattern ->
                errors.add(FieldError.invalid(path, value, path + " in body should match '" + pattern.pattern() + "'")));
        if (!Formats.matches(schema.format(), value)) {
            errors.add(FieldError.invalid(path, value, path + " in body must be of type " + schema.format() + ": \"" + value + "\""));
        }
    }

    private static void number(BigDecimal value, SchemaNode schema, String path, List<FieldError> errors) {
        schema.minimum().filter(bound -> below(value, bound)).ifPresent(bound -> errors.add(FieldError.invalid(path, value,
                path + " in body should be greater than " + (bound.exclusive() ? "" : "or equal to ") + bound.value().toPlainString())));
        schema.maximum().filter(bound -> below(value.negate(), new Bound(bound.value().negate(), bound.exclusive())))
                .ifPresent(bound -> errors.add(FieldError.invalid(path, value,
                        path + " in body should be less than " + (bound.exclusive() ? "" : "or equal to ") + bound.value().toPlainString())));
        schema.multipleOf().filter(factor -> factor.signum() != 0 && value.remainder(factor).signum() != 0).ifPresent(factor ->
                errors.add(FieldError.invalid(path, value, path + " in body should be a multiple of " + factor.toPlainString())));
        boolean outOfRange = switch (schema.format()) {
            case "int32" -> value.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0 || value.compareTo(BigDecimal.valueOf(Integer.MIN_VALUE)) < 0;
            case "int64" -> value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0 || value.compareTo(BigDecimal.valueOf(Long.MIN_VALUE)) < 0;
            default -> false;
        };
        if (outOfRange) {
            errors.add(FieldError.invalid(path, value, path + " in body must be of type " + schema.format() + ": \"" + value.toPlainString() + "\""));
        }
    }

    private static boolean below(BigDecimal value, Bound bound) {
        int order = value.compareTo(bound.value());
        return order < 0 || order == 0 && bound.exclusive();
    }

    private static void array(JsonNode array, JsonNode old, SchemaNode schema, String path, List<FieldError> errors) {
        if (schema.itemCount().least() > array.size()) {
            errors.add(FieldError.invalid(path, array.size(), path + " in body should have at least " + schema.itemCount().least() + " items"));
        }
        if (schema.itemCount().most() >= 0 && array.size() > schema.itemCount().most()) {
            errors.add(new FieldError(Type.TOO_MANY, path, array.size(), "must have at most " + schema.itemCount().most() + " items"));
        }
        boolean distinct = schema.unique() || schema.listType().equals("set");
        Set<JsonNode> seen = new HashSet<>();
        for (int i = 0; i < array.size(); i++) {
            JsonNode each = array.get(i);
            String at = path + "[" + i + "]";
            if (distinct && !seen.add(each)) {
                errors.add(FieldError.duplicate(at, shown(each)));
            }
            if (schema.listType().equals("map") && each.isObject()) {
                ObjectNode key = JsonNodeFactory.instance.objectNode();
                schema.listKeys().forEach(name -> key.set(name, each.path(name).isMissingNode() ? key.nullNode() : each.path(name)));
                if (!seen.add(key)) {
                    errors.add(FieldError.duplicate(at, key));
                }
            }
            schema.items().ifPresent(items -> check(each, counterpart(each, old, schema), items, at, errors));
        }
    }

    private static void object(JsonNode object, JsonNode old, SchemaNode schema, String path, List<FieldError> errors) {
        for (String name : schema.required()) {
            if (!object.has(name)) {
                errors.add(FieldError.required(join(path, name), ""));
            }
        }
        if (schema.propertyCount().least() > object.size()) {
            errors.add(FieldError.invalid(path, object.size(), path + " in body should have at least " + schema.propertyCount().least() + " properties"));
        }
        if (schema.propertyCount().most() >= 0 && object.size() > schema.propertyCount().most()) {
            errors.add(new FieldError(Type.TOO_MANY, path, object.size(), "must have at most " + schema.propertyCount().most() + " items"));
        }
        if (schema.embedded()) {
            for (String name : List.of("apiVersion", "kind")) {
                if (object.path(name).asString("").isEmpty()) {
                    errors.add(FieldError.required(join(path, name), "must not be empty"));
                }
            }
        }
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            JsonNode before = old == null || schema.atomicMap() ? null : old.get(field.getKey());
            schema.field(field.getKey()).ifPresent(known -> check(field.getValue(), before, known, join(path, field.getKey()), errors));
        }
    }

    private static void combined(JsonNode value, SchemaNode schema, String path, List<FieldError> errors) {
        schema.allOf().forEach(each -> check(value, null, each, path, errors));
        if (!schema.anyOf().isEmpty() && schema.anyOf().stream().noneMatch(each -> fits(value, each, path))) {
            errors.add(FieldError.invalid(path, shown(value), path + " in body must validate at least one schema (anyOf)"));
        }
        if (!schema.oneOf().isEmpty() && schema.oneOf().stream().filter(each -> fits(value, each, path)).count() != 1) {
            errors.add(FieldError.invalid(path, shown(value), path + " in body must validate one and only one schema (oneOf)"));
        }
        if (schema.not().filter(each -> fits(value, each, path)).isPresent()) {
            errors.add(FieldError.invalid(path, shown(value), path + " in body must not validate the schema (not)"));
        }
    }

    /** The old item with the same keys; only lists of type map have such. */
    public static JsonNode counterpart(JsonNode item, JsonNode old, SchemaNode schema) {
        if (old == null || !schema.listType().equals("map")) {
            return null;
        }
        for (JsonNode each : old) {
            if (schema.listKeys().stream().allMatch(key -> each.path(key).equals(item.path(key)))) {
                return each;
            }
        }
        return null;
    }

    private static boolean fits(JsonNode value, SchemaNode schema, String path) {
        return validate(value, null, schema, path).isEmpty();
    }

    public static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }
}
