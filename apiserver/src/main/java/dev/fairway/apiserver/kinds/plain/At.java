package dev.fairway.apiserver.kinds.plain;

import dev.fairway.apiserver.kinds.Check;
import dev.fairway.schema.FieldError;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * A place in an object that is checked.
 *
 * @param check takes the errors
 * @param path  where it is, empty for the object itself
 * @param node  what is there; a missing node for nothing
 */
record At(Check check, String path, JsonNode node) {

    /** A field of the object here. */
    At field(String name) {
        return new At(check, path.isEmpty() ? name : path + "." + name, node.path(name));
    }

    /** A value of the map here, such as {@code spec.hard[pods]}. */
    At key(String key) {
        return new At(check, path + "[" + key + "]", node.path(key));
    }

    /** The values of the map here. */
    List<At> keys() {
        return node.propertyNames().stream().map(this::key).toList();
    }

    /** The elements of the list here. */
    List<At> items() {
        return IntStream.range(0, node.size()).mapToObj(i -> new At(check, path + "[" + i + "]", node.get(i))).toList();
    }

    boolean present() {
        return !node.isMissingNode() && !node.isNull();
    }

    /** The string here; empty for none. */
    String text() {
        return node.asString("");
    }

    void required(String detail) {
        check.required(path, detail);
    }

    /** Says that the value here is wrong. */
    void invalid(String detail) {
        check.invalid(path, node.isString() ? node.stringValue() : node, detail);
    }

    void forbidden(String detail) {
        check.forbidden(path, detail);
    }

    /** Refuses the string here unless it names something in a URL. */
    void requirePathSegment() {
        if (text().isEmpty()) {
            required("");
        } else {
            check.pathSegment(path, text());
        }
    }

    /** Refuses the string here unless it is one of a few. */
    void oneOf(List<String> supported) {
        if (!supported.contains(text())) {
            check.add(FieldError.notSupported(path, text(), supported));
        }
    }

    /** Refuses a change of what is here. */
    void immutable(At old) {
        if (!node.equals(old.node)) {
            invalid("field is immutable");
        }
    }
}
