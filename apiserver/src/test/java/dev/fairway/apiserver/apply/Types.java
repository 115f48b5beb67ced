package dev.fairway.apiserver.apply;

import dev.fairway.apiserver.registry.Shape;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** Types for tests, with the list types of the real ones. */
final class Types {

    private record Type(Kind kind, Map<String, Shape> fields, Shape entries, List<String> keys,
            Map<String, JsonNode> keyDefaults, Shape item) implements Shape {
        @Override
        public Shape field(String name) {
            return fields.getOrDefault(name, entries);
        }

        @Override
        public boolean declares(String name) {
            return fields.containsKey(name);
        }
    }

    static final Shape LABELS = map(Shape.ATOM);
    static final Shape META = struct(Map.of("name", Shape.ATOM, "namespace", Shape.ATOM, "labels", LABELS,
            "annotations", LABELS, "finalizers", set(Shape.ATOM), "ownerReferences",
            keyed(struct(Map.of("uid", Shape.ATOM, "name", Shape.ATOM)), "uid")));
    static final Shape PORT = struct(Map.of("containerPort", Shape.ATOM, "protocol", Shape.ATOM, "name", Shape.ATOM));
    static final Shape CONTAINER = struct(Map.of("name", Shape.ATOM, "image", Shape.ATOM, "args", Shape.ATOM,
            "env", keyed(struct(Map.of("name", Shape.ATOM, "value", Shape.ATOM)), "name"),
            "ports", new Type(Shape.Kind.KEYED, Map.of(), Shape.ATOM, List.of("containerPort", "protocol"),
                    Map.of("protocol", StringNode.valueOf("TCP")), PORT)));
    static final Shape POD = struct(Map.of("metadata", META, "spec",
            struct(Map.of("containers", keyed(CONTAINER, "name"), "nodeSelector", LABELS, "nodeName", Shape.ATOM))));
    static final Shape DEPLOYMENT = struct(Map.of("apiVersion", Shape.ATOM, "kind", Shape.ATOM, "metadata", META,
            "spec", struct(Map.of("replicas", Shape.ATOM, "paused", Shape.ATOM, "selector", Shape.ATOM,
                    "strategy", struct(Map.of("type", Shape.ATOM, "rollingUpdate", struct(Map.of("maxSurge", Shape.ATOM)))),
                    "template", POD)),
            "status", struct(Map.of("replicas", Shape.ATOM))));
    static final Shape CONFIG_MAP = struct(Map.of("apiVersion", Shape.ATOM, "kind", Shape.ATOM, "metadata", META,
            "data", LABELS));

    private Types() {
    }

    static Shape struct(Map<String, Shape> fields) {
        return new Type(Shape.Kind.GRANULAR, fields, Shape.ANYTHING, List.of(), Map.of(), Shape.ANYTHING);
    }

    static Shape map(Shape entries) {
        return new Type(Shape.Kind.GRANULAR, Map.of(), entries, List.of(), Map.of(), Shape.ANYTHING);
    }

    static Shape keyed(Shape item, String... keys) {
        return new Type(Shape.Kind.KEYED, Map.of(), Shape.ATOM, List.of(keys), Map.of(), item);
    }

    static Shape set(Shape item) {
        return new Type(Shape.Kind.SET, Map.of(), Shape.ATOM, List.of(), Map.of(), item);
    }
}
