package dev.fairway.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes an object of a client in as a Go server would decode and encode it: wrong types are refused, unknown fields
 * removed and reported, nulls and (where Go leaves them out) zero values dropped, times and quantities written
 * canonically.
 */
public final class Decoding {
    /** A value of the wrong type; the message is worded as Go's decoder words it. */
    public static final class WrongTypeException extends RuntimeException {
        WrongTypeException(String message) {
            super(message, null, false, false);
        }
    }

    private static final int REPORTED = 20;

    private final TypeTable table;
    private final List<String> unknown = new ArrayList<>();

    private Decoding(TypeTable table) {
        this.table = table;
    }

    /**
     * Cleans an object in place.
     *
     * @return the paths of the fields that the type does not have
     * @throws WrongTypeException when a value cannot be decoded
     */
    public static List<String> clean(TypeTable table, TypeDef type, ObjectNode object) {
        Decoding decoding = new Decoding(table);
        decoding.message(type, object, "");
        return decoding.unknown;
    }

    private void message(TypeDef type, ObjectNode object, String path) {
        Map<String, Field> fields = type.byName();
        List<String> removed = new ArrayList<>(0);
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            String name = entry.getKey();
            JsonNode value = entry.getValue();
            Field field = fields.get(name);
            if (field == null) {
                boolean typeMeta = type.typed() && (name.equals("apiVersion") || name.equals("kind"));
                if (typeMeta) {
                    requireString(type, name, value, path);
                } else {
                    removed.add(name);
                    if (unknown.size() < REPORTED) {
                        unknown.add(join(path, name));
                    }
                }
            } else if (value.isNull()) {
                removed.add(name);
            } else {
                entry.setValue(value(type, field.shape(), value, path, name, name));
                if (!field.written() && !field.pointer() && isZero(field.shape(), value)) {
                    removed.add(name);
                }
            }
        }
        object.remove(removed);
    }

    private void requireString(TypeDef type, String name, JsonNode value, String path) {
        if (!value.isString()) {
            throw wrong(type, Shape.Scalar.STRING, value, path, name);
        }
    }

    /** Cleans a value; returns it, or what stands in its place. */
    private JsonNode value(TypeDef owner, Shape shape, JsonNode value, String path, String name, String goPath) {
        switch (shape) {
            case Shape.Message(String type) -> {
                if (value instanceof ObjectNode object) {
                    message(table.require(type), object, join(path, name));
                } else {
                    throw wrong(owner, shape, value, path, goPath);
                }
            }
            case Shape.ListOf(Shape element) -> {
                if (!(value instanceof ArrayNode array)) {
                    throw wrong(owner, shape, value, path, goPath);
                }
                for (int i = 0; i < array.size(); i++) {
                    JsonNode each = array.get(i);
                    if (each.isNull()) {
                        if (element != Shape.Scalar.RAW) {
                            array.set(i, zero(array, element));
                        }
                    } else {
                        array.set(i, value(owner, element, each, path, name + "[" + i + "]", goPath));
                    }
                }
            }
            case Shape.MapOf(Shape element) -> {
                if (!(value instanceof ObjectNode map)) {
                    throw wrong(owner, shape, value, path, goPath);
                }
                for (Map.Entry<String, JsonNode> each : map.properties()) {
                    if (each.getValue().isNull()) {
                        each.setValue(element instanceof Shape.Message ? map.objectNode() : map.stringNode(""));
                    } else {
                        each.setValue(value(owner, element, each.getValue(), path, name + "." + each.getKey(), goPath));
                    }
                }
            }
            case Shape.EnumOf ignored -> {
                if (!value.isString()) {
                    throw wrong(owner, shape, value, path, goPath);
                }
            }
            case Shape.Scalar scalar -> {
                if (!Scalars.accepts(scalar, value)) {
                    throw wrong(owner, shape, value, path, goPath);
                }
                return Scalars.canonical(scalar, value);
            }
        }
        return value;
    }

    private static JsonNode zero(ArrayNode array, Shape element) {
        return switch (element) {
            case Shape.Message ignored -> array.objectNode();
            case Shape.MapOf ignored -> array.objectNode();
            case Shape.ListOf ignored -> array.arrayNode();
            case Shape.EnumOf ignored -> array.stringNode("");
            case Shape.Scalar scalar -> switch (scalar) {
                case BOOL -> array.booleanNode(false);
                case INT32, INT64, DOUBLE -> array.numberNode(0);
                case WRAPPED -> array.arrayNode();
                case STRING, BYTES, TIME, MICRO_TIME, DURATION, QUANTITY, INT_OR_STRING -> array.stringNode("");
                case RAW, FIELDS -> array.objectNode();
            };
        };
    }

    private static boolean isZero(Shape shape, JsonNode value) {
        return switch (shape) {
            case Shape.Message ignored -> false;
            case Shape.ListOf ignored -> value.isEmpty();
            case Shape.MapOf ignored -> value.isEmpty();
            case Shape.EnumOf ignored -> value.asString("").isEmpty();
            case Shape.Scalar scalar -> switch (scalar) {
                case STRING, BYTES -> value.asString("").isEmpty();
                case BOOL -> !value.asBoolean(false);
                case INT32, INT64, DOUBLE -> value.asDouble(0) == 0;
                case WRAPPED -> value.isEmpty();
                case TIME, MICRO_TIME, DURATION, QUANTITY, INT_OR_STRING, RAW, FIELDS -> false;
            };
        };
    }

    private static WrongTypeException wrong(TypeDef owner, Shape shape, JsonNode value, String path, String field) {
        String goPath = (path.isEmpty() ? field : path + "." + field).replaceAll("\\[\\d+]", "");
        return new WrongTypeException(Scalars.problem(shape, value).orElseGet(() -> "json: cannot unmarshal "
                + Scalars.goKind(value) + " into Go struct field " + owner.simpleName() + "." + goPath + " of type "
                + Scalars.goType(shape)));
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
