package dev.fairway.apiserver.handler;

import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON trees as Go's {@code %+v} prints them, since Kubernetes puts that into messages. */
final class GoValues {
    private GoValues() {
    }

    static String format(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                TreeMap<String, JsonNode> sorted = new TreeMap<>();
                object.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
                yield sorted.entrySet().stream().map(each -> each.getKey() + ":" + format(each.getValue()))
                        .collect(Collectors.joining(" ", "map[", "]"));
            }
            case ArrayNode array -> array.valueStream().map(GoValues::format).collect(Collectors.joining(" ", "[", "]"));
            default -> node.isNull() ? "<nil>" : node.asString("");
        };
    }
}
