package dev.fairway.apiserver.apply;

import dev.fairway.apiserver.registry.Shape;
import dev.fairway.kube.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One step of a field path, in the notation of {@code fieldsV1}: {@code f:name}, {@code k:{"key":"value"}} or
 * {@code v:"value"} (metav1.FieldsV1, KEP-555).
 */
public sealed interface PathElement extends Comparable<PathElement> {

    /** A field of a struct, or an entry of a map. */
    record Field(String name) implements PathElement {
        @Override
        public String encoded() {
            return "f:" + name;
        }

        @Override
        public String toString() {
            return "." + name;
        }
    }

    /** An item of a list with keys, by the values of its key fields. */
    record Key(SortedMap<String, JsonNode> fields) implements PathElement {
        @Override
        public String encoded() {
            ObjectNode object = Json.object();
            fields.forEach(object::set);
            return "k:" + object;
        }

        @Override
        public String toString() {
            return fields.entrySet().stream().map(field -> field.getKey() + "=" + field.getValue())
                    .collect(Collectors.joining(",", "[", "]"));
        }
    }

    /** An item of a set, by its value. */
    record Value(JsonNode value) implements PathElement {
        @Override
        public String encoded() {
            return "v:" + value;
        }

        @Override
        public String toString() {
            return "[=" + value + "]";
        }
    }

    /** An item of a list by position; read where others wrote it, never made here. */
    record Index(int position) implements PathElement {
        @Override
        public String encoded() {
            return "i:" + position;
        }

        @Override
        public String toString() {
            return "[" + position + "]";
        }
    }

    /** The form in fieldsV1. */
    String encoded();

    @Override
    default int compareTo(PathElement other) {
        if (this instanceof Field(String name) && other instanceof Field(String with)) {
            return name.compareTo(with);
        }
        int byRank = Integer.compare(rank(), other.rank());
        return byRank == 0 ? encoded().compareTo(other.encoded()) : byRank;
    }

    private int rank() {
        return switch (this) {
            case Field field -> 0;
            case Key key -> 1;
            case Value value -> 2;
            case Index index -> 3;
        };
    }

    /**
     * Reads the form in fieldsV1.
     *
     * @throws IllegalArgumentException if it is none
     */
    static PathElement parse(String encoded) {
        String rest = encoded.length() < 2 ? "" : encoded.substring(2);
        try {
            return switch (encoded.length() < 2 ? "" : encoded.substring(0, 2)) {
                case "f:" -> new Field(rest);
                case "k:" -> {
                    SortedMap<String, JsonNode> fields = new TreeMap<>();
                    Json.parseObject(rest).properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
                    yield new Key(fields);
                }
                case "v:" -> new Value(Json.mapper().readTree(rest));
                case "i:" -> new Index(Integer.parseInt(rest));
                default -> throw new IllegalArgumentException("\"" + encoded + "\" is no path element");
            };
        } catch (JacksonException | NumberFormatException e) {
            throw new IllegalArgumentException("\"" + encoded + "\" is no path element: " + e.getMessage(), e);
        }
    }

    /** The identity of an item within a list. */
    static PathElement of(JsonNode item, Shape list) {
        return switch (list.kind()) {
            case SET -> new Value(item);
            case KEYED -> {
                SortedMap<String, JsonNode> fields = new TreeMap<>();
                for (String key : list.keys()) {
                    JsonNode value = item.path(key);
                    JsonNode known = value.isMissingNode() || value.isNull() ? list.keyDefaults().get(key) : value;
                    if (known != null) {
                        fields.put(key, known);
                    }
                }
                yield new Key(fields);
            }
            case ATOMIC, OPEN, GRANULAR -> throw new IllegalArgumentException("items of " + list.kind()
                    + " have no identity");
        };
    }

    /** The path as messages show it: {@code .spec.ports[port=80,protocol="TCP"].name}. */
    static String path(List<PathElement> elements) {
        return elements.stream().map(Object::toString).collect(Collectors.joining());
    }

    /** The items by identity, in order; of equal ones the first. */
    static Map<PathElement, JsonNode> index(JsonNode list, Shape shape) {
        Map<PathElement, JsonNode> items = new LinkedHashMap<>();
        for (JsonNode item : list) {
            items.putIfAbsent(of(item, shape), item);
        }
        return items;
    }

    /** {@code path} and one element more. */
    static List<PathElement> append(List<PathElement> path, PathElement element) {
        List<PathElement> longer = new ArrayList<>(path);
        longer.add(element);
        return longer;
    }
}
