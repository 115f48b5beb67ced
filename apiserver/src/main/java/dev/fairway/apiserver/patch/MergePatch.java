package dev.fairway.apiserver.patch;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON merge patch, RFC 7386: objects merge, null removes, anything else replaces. */
public final class MergePatch {
    private MergePatch() {
    }

    /**
     * The patched document.
     *
     * @param target the document; not changed
     * @param patch  the patch; not changed
     */
    public static JsonNode apply(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch.deepCopy();
        }
        ObjectNode result = target instanceof ObjectNode object ? object.deepCopy() : JsonNodeFactory.instance.objectNode();
        merge(result, changes);
        return result;
    }

    private static void merge(ObjectNode target, ObjectNode changes) {
        changes.properties().forEach(change -> {
            String field = change.getKey();
            JsonNode value = change.getValue();
            if (value.isNull()) {
                target.remove(field);
            } else if (value instanceof ObjectNode nested) {
                ObjectNode child = target.get(field) instanceof ObjectNode existing ? existing : target.putObject(field);
                merge(child, nested);
            } else {
                target.set(field, value.deepCopy());
            }
        });
    }
}
