package dev.fairway.apiserver.apply;

import dev.fairway.kube.Json;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of a {@link FieldSet} in {@code managedFields}. */
final class FieldsV1 {
    private static final String SELF = ".";

    private FieldsV1() {
    }

    static ObjectNode encode(FieldSet set) {
        ObjectNode object = Json.object();
        set.children().forEach((step, below) -> {
            ObjectNode child = encode(below);
            if (below.member() && !below.children().isEmpty()) {
                ObjectNode withSelf = Json.object();
                withSelf.putObject(SELF);
                child.properties().forEach(entry -> withSelf.set(entry.getKey(), entry.getValue()));
                child = withSelf;
            }
            object.set(step.encoded(), child);
        });
        return object;
    }

    /**
     * Reads a set; a path without a mark of its own is a member if nothing is below it.
     *
     * @throws IllegalArgumentException if it is not in the format
     */
    static FieldSet decode(JsonNode fields) {
        return decode(fields, false);
    }

    private static FieldSet decode(JsonNode fields, boolean leafIsMember) {
        if (!fields.isObject()) {
            throw new IllegalArgumentException("fieldsV1 holds " + fields.getNodeType() + " where an object belongs");
        }
        TreeMap<PathElement, FieldSet> children = new TreeMap<>();
        for (var entry : fields.properties()) {
            if (!entry.getKey().equals(SELF)) {
                children.put(PathElement.parse(entry.getKey()), decode(entry.getValue(), true));
            }
        }
        return new FieldSet(fields.has(SELF) || leafIsMember && children.isEmpty(), children);
    }
}
