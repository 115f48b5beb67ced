package dev.fairway.apiserver.apply;

import dev.fairway.apiserver.registry.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Lays an applied configuration over a live value: what it names it sets, the rest stays. Pure. */
final class Merge {
    private Merge() {
    }

    static JsonNode merge(JsonNode live, JsonNode applied, Shape shape) {
        if (Fields.isAbsent(applied)) {
            return live;
        }
        Shape.Kind kind = shape.kindOf(applied);
        if (Fields.isAbsent(live) || shape.kindOf(live) != kind) {
            return applied;
        }
        return switch (kind) {
            case ATOMIC, OPEN -> applied;
            case GRANULAR -> fields(live, applied, shape);
            case KEYED, SET -> items(live, applied, shape);
        };
    }

    private static ObjectNode fields(JsonNode live, JsonNode applied, Shape shape) {
        ObjectNode merged = JsonNodeFactory.instance.objectNode();
        live.properties().forEach(entry -> merged.set(entry.getKey(), entry.getValue()));
        applied.properties().forEach(entry -> merged.set(entry.getKey(),
                merge(live.path(entry.getKey()), entry.getValue(), shape.field(entry.getKey()))));
        return merged;
    }

    /**
     * Items in the applied order; a live item that is not applied keeps its place before the next one that both lists
     * have.
     */
    private static ArrayNode items(JsonNode live, JsonNode applied, Shape shape) {
        List<PathElement> order = new ArrayList<>();
        live.forEach(item -> order.add(PathElement.of(item, shape)));
        Map<PathElement, JsonNode> left = PathElement.index(live, shape);
        Map<PathElement, JsonNode> right = PathElement.index(applied, shape);
        List<PathElement> shared = new ArrayList<>(right.keySet());
        shared.removeIf(step -> !left.containsKey(step));
        ArrayNode merged = JsonNodeFactory.instance.arrayNode();
        int at = 0;
        for (Map.Entry<PathElement, JsonNode> item : right.entrySet()) {
            PathElement next = shared.isEmpty() ? null : shared.getFirst();
            for (; at < order.size() && !order.get(at).equals(next); at++) {
                keepUnapplied(live.get(at), order.get(at), right, merged);
            }
            merged.add(merge(left.get(item.getKey()), item.getValue(), shape.item()));
            if (item.getKey().equals(next)) {
                shared.removeFirst();
                at = Math.min(at + 1, order.size());
            }
        }
        for (; at < order.size(); at++) {
            keepUnapplied(live.get(at), order.get(at), right, merged);
        }
        return merged;
    }

    /** Unvalidated duplicates among live items stay, too. */
    private static void keepUnapplied(JsonNode item, PathElement step, Map<PathElement, JsonNode> applied,
            ArrayNode merged) {
        if (!applied.containsKey(step)) {
            merged.add(item);
        }
    }
}
