package dev.fairway.proxy.config;

import dev.fairway.kube.GoDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Reads the fields of one object, checks their types, and remembers which it was asked for, so that the others can be
 * reported as unknown. A null is read as an absent field. Zero values stand for fields that are absent.
 */
final class FieldReader {
    private final JsonNode object;
    private final String path;
    private final List<String> problems;
    private final List<String> unknown;
    private final Set<String> known = new HashSet<>();

    /**
     * @param problems where wrong types are noted
     * @param unknown where the paths of unknown fields are noted
     */
    FieldReader(JsonNode object, String path, List<String> problems, List<String> unknown) {
        this.object = object;
        this.path = path;
        this.problems = problems;
        this.unknown = unknown;
    }

    private <T> Optional<T> read(String field, String expected, Function<JsonNode, Optional<T>> conversion) {
        known.add(field);
        JsonNode node = object.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        Optional<T> value = conversion.apply(node);
        if (value.isEmpty()) {
            problems.add(path + field + ": must be " + expected + ", is " + node);
        }
        return value;
    }

    String string(String field) {
        return read(field, "a string", FieldReader::string).orElse("");
    }

    private static Optional<String> string(JsonNode node) {
        return node.isString() ? Optional.of(node.stringValue()) : Optional.empty();
    }

    boolean bool(String field) {
        return bool(field, false);
    }

    boolean bool(String field, boolean absent) {
        return read(field, "true or false", FieldReader::bool).orElse(absent);
    }

    private static Optional<Boolean> bool(JsonNode node) {
        return node.isBoolean() ? Optional.of(node.booleanValue()) : Optional.empty();
    }

    OptionalInt integer(String field) {
        return read(field, "a 32-bit integer", FieldReader::integer).map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    private static Optional<Integer> integer(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToInt() ? Optional.of(node.intValue()) : Optional.empty();
    }

    float number(String field) {
        return read(field, "a number", node -> node.isNumber() ? Optional.of(node.floatValue()) : Optional.empty())
                .orElse(0f);
    }

    Optional<Duration> duration(String field) {
        return read(field, "a duration such as 30s or 1h30m", node -> string(node).flatMap(GoDuration::parse));
    }

    Duration durationOrZero(String field) {
        return duration(field).orElse(Duration.ZERO);
    }

    /** A duration that may also be a number of nanoseconds, as {@code logging.flushFrequency} may. */
    Duration durationOrNanos(String field) {
        return read(field, "a duration such as 30s, or nanoseconds", node ->
                node.isIntegralNumber() && node.canConvertToLong()
                        ? Optional.of(Duration.ofNanos(node.longValue()))
                        : string(node).flatMap(GoDuration::parse)).orElse(Duration.ZERO);
    }

    List<String> strings(String field) {
        return read(field, "a list of strings", node -> {
            if (!node.isArray() || node.valueStream().anyMatch(item -> !item.isString())) {
                return Optional.empty();
            }
            return Optional.of(node.valueStream().map(JsonNode::stringValue).toList());
        }).orElse(List.of());
    }

    Map<String, Boolean> booleans(String field) {
        return read(field, "a map of true and false", node -> {
            if (!node.isObject() || node.valueStream().anyMatch(item -> !item.isBoolean())) {
                return Optional.empty();
            }
            Map<String, Boolean> map = new LinkedHashMap<>();
            node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().booleanValue()));
            return Optional.of(map);
        }).orElse(Map.of());
    }

    /** Reads a nested object; an absent one reads as an empty one. */
    <T> T object(String field, Function<FieldReader, T> fields) {
        JsonNode node = read(field, "an object", value -> value.isObject() ? Optional.of(value) : Optional.empty())
                .orElse(tools.jackson.databind.node.MissingNode.getInstance());
        FieldReader nested = new FieldReader(node, path + field + ".", problems, unknown);
        T value = fields.apply(nested);
        nested.noteUnknown();
        return value;
    }

    /** Reads a list of objects. */
    <T> List<T> objects(String field, Function<FieldReader, T> fields) {
        JsonNode array = read(field, "a list", value -> value.isArray() ? Optional.of(value) : Optional.empty())
                .orElse(tools.jackson.databind.node.MissingNode.getInstance());
        List<T> values = new ArrayList<>();
        int index = 0;
        for (JsonNode item : array) {
            String at = path + field + "[" + index++ + "]";
            if (!item.isObject()) {
                problems.add(at + ": must be an object, is " + item);
                continue;
            }
            FieldReader nested = new FieldReader(item, at + ".", problems, unknown);
            values.add(fields.apply(nested));
            nested.noteUnknown();
        }
        return values;
    }

    /** To be called when all known fields have been read. */
    void noteUnknown() {
        object.propertyNames().stream().filter(name -> !known.contains(name)).forEach(name -> unknown.add(path + name));
    }
}
