package dev.fairway.apiserver.table;

import dev.fairway.kube.LabelSelector;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * An object on its way into a row: reads fields by path, absent ones as empty.
 *
 * @param node the object, or a part of it
 * @param now  what ages are counted to
 */
record Row(JsonNode node, Instant now) {
    static final String NONE = "<none>";
    static final String UNSET = "<unset>";
    static final String UNKNOWN = "<unknown>";

    JsonNode at(String... path) {
        JsonNode found = node;
        for (String field : path) {
            found = found.path(field);
        }
        return found;
    }

    boolean has(String... path) {
        JsonNode found = at(path);
        return !found.isMissingNode() && !found.isNull();
    }

    String text(String... path) {
        return text(at(path));
    }

    static String text(JsonNode node) {
        return node.isNumber() || node.isBoolean() ? node.toString() : node.asString("");
    }

    String textOr(String instead, String... path) {
        String text = text(path);
        return text.isEmpty() ? instead : text;
    }

    long number(String... path) {
        return at(path).asLong(0);
    }

    List<Row> each(String... path) {
        return StreamSupport.stream(at(path).spliterator(), false).map(item -> new Row(item, now)).toList();
    }

    /** A list of strings, joined; empty for none. */
    String joined(String separator, String... path) {
        return each(path).stream().map(item -> text(item.node)).collect(Collectors.joining(separator));
    }

    Optional<Instant> time(String... path) {
        return Times.parse(text(path));
    }

    String since(String... path) {
        return HumanDuration.since(time(path), now);
    }

    String age() {
        return since("metadata", "creationTimestamp");
    }

    /** A map of labels, sorted, as {@code a=b,c=d}. */
    String labels(String... path) {
        TreeMap<String, String> sorted = new TreeMap<>();
        at(path).properties().forEach(label -> sorted.put(label.getKey(), text(label.getValue())));
        return sorted.isEmpty() ? NONE : sorted.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue()).collect(Collectors.joining(","));
    }

    /** A label selector in its query form, by key; empty when it selects everything or nothing. */
    String selector(String... path) {
        try {
            return LabelSelector.ofJson(at(path)).requirements().stream()
                    .sorted(java.util.Comparator.comparing(LabelSelector.Requirement::key))
                    .map(Object::toString).collect(Collectors.joining(","));
        } catch (IllegalArgumentException e) {
            return "<error>";
        }
    }

    /** Names or images of the containers of a Pod template, joined. */
    String containers(String field, String... template) {
        List<String> path = new ArrayList<>(List.of(template));
        path.add("spec");
        path.add("containers");
        return each(path.toArray(String[]::new)).stream().map(container -> container.text(field))
                .collect(Collectors.joining(","));
    }

    /** At most three items, and how many more there are. */
    static String firstThree(List<String> items, String ifEmpty) {
        if (items.size() > 3) {
            return String.join(",", items.subList(0, 3)) + " + " + (items.size() - 3) + " more...";
        }
        String joined = String.join(",", items);
        return joined.isEmpty() ? ifEmpty : joined;
    }
}
