package dev.fairway.apiserver.patch;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.PatchSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Strategic merge patch: a merge patch that knows lists by their merge keys, with the directives {@code $patch},
 * {@code $retainKeys}, {@code $deleteFromPrimitiveList/…} and {@code $setElementOrder/…}. See "Strategic Merge Patch"
 * in the Kubernetes API conventions.
 */
public final class StrategicMergePatch {
    private static final String DIRECTIVE = "$patch";
    private static final String RETAIN_KEYS = "$retainKeys";
    private static final String DELETE_FROM = "$deleteFromPrimitiveList/";
    private static final String SET_ORDER = "$setElementOrder/";

    private StrategicMergePatch() {
    }

    /**
     * The patched document.
     *
     * @param document not changed
     * @param patch    not changed
     * @throws dev.fairway.apiserver.errors.StatusException 400 when a directive or a list element is malformed
     */
    public static ObjectNode apply(ObjectNode document, ObjectNode patch, PatchSchema schema) {
        return mergeObject(document.deepCopy(), patch, schema);
    }

    private static ObjectNode mergeObject(ObjectNode target, ObjectNode patch, PatchSchema schema) {
        if (patch.has(DIRECTIVE)) {
            String directive = patch.get(DIRECTIVE).asString("");
            switch (directive) {
                case "replace" -> {
                    return plain(patch, schema);
                }
                case "delete" -> {
                    return JsonNodeFactory.instance.objectNode();
                }
                case "merge" -> {
                    // the default
                }
                default -> throw Errors.badRequest("invalid patch directive: unknown patch type: " + directive);
            }
        }
        retainKeys(target, patch);
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            String field = change.getKey();
            if (field.startsWith(DELETE_FROM)) {
                String list = field.substring(DELETE_FROM.length());
                if (target.get(list) instanceof ArrayNode values) {
                    target.set(list, without(values, array(field, change.getValue())));
                }
            } else if (!field.equals(DIRECTIVE) && !field.equals(RETAIN_KEYS) && !field.startsWith(SET_ORDER)) {
                mergeField(target, field, change.getValue(), patch.get(SET_ORDER + field), schema.field(field));
            }
        }
        for (Map.Entry<String, JsonNode> order : patch.properties()) {
            String field = order.getKey();
            if (field.startsWith(SET_ORDER)) {
                String list = field.substring(SET_ORDER.length());
                if (!patch.has(list) && target.get(list) instanceof ArrayNode values) {
                    target.set(list, ordered(values, array(field, order.getValue()), values, schema.field(list).mergeKey()));
                }
            }
        }
        return target;
    }

    private static void mergeField(ObjectNode target, String field, JsonNode value, JsonNode order, PatchSchema schema) {
        JsonNode existing = target.get(field);
        switch (value) {
            case ObjectNode object when existing instanceof ObjectNode into && !schema.replacesMap() ->
                    target.set(field, mergeObject(into, object, schema));
            case ArrayNode list when existing instanceof ArrayNode into && schema.mergesList() ->
                    target.set(field, mergeList(into, list, order, schema));
            case ObjectNode object -> target.set(field, plain(object, schema));
            case ArrayNode list -> target.set(field, plain(list, schema));
            default -> {
                if (value.isNull()) {
                    target.remove(field);
                } else {
                    target.set(field, value);
                }
            }
        }
    }

    private static void retainKeys(ObjectNode target, ObjectNode patch) {
        if (!patch.has(RETAIN_KEYS)) {
            return;
        }
        Set<String> kept = new HashSet<>();
        array(RETAIN_KEYS, patch.get(RETAIN_KEYS)).forEach(key -> kept.add(key.asString("")));
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            boolean sets = !change.getKey().startsWith("$") && !change.getValue().isNull();
            if (sets && !kept.contains(change.getKey())) {
                throw Errors.badRequest("a key of the patch, " + change.getKey() + ", is not in its " + RETAIN_KEYS + " list");
            }
        }
        target.retain(kept);
    }

    private static ArrayNode mergeList(ArrayNode live, ArrayNode patch, JsonNode order, PatchSchema schema) {
        String key = schema.mergeKey();
        ArrayNode merged = JsonNodeFactory.instance.arrayNode();
        ArrayNode changes = JsonNodeFactory.instance.arrayNode();
        if (key.isEmpty()) {
            addDistinct(merged, live);
            addDistinct(merged, patch);
            changes.addAll(patch);
        } else {
            boolean replace = false;
            List<JsonNode> deleted = new ArrayList<>();
            for (JsonNode element : patch) {
                switch (element.path(DIRECTIVE).asString("")) {
                    case "" -> changes.add(element);
                    case "merge" -> changes.add(element);
                    case "delete" -> deleted.add(keyOf(element, key));
                    case "replace" -> {
                        replace = true;
                        if (element.size() > 1) {
                            changes.add(((ObjectNode) element.deepCopy()).without(DIRECTIVE));
                        }
                    }
                    default -> throw Errors.badRequest("invalid patch directive: unknown patch type: "
                            + element.path(DIRECTIVE).asString(""));
                }
            }
            if (!replace) {
                live.forEach(element -> {
                    if (!deleted.contains(element.path(key))) {
                        merged.add(element);
                    }
                });
            }
            for (JsonNode change : changes) {
                mergeElement(merged, change, key, schema.items());
            }
        }
        return ordered(merged, order == null ? changes : array(SET_ORDER, order), live, key);
    }

    private static void mergeElement(ArrayNode merged, JsonNode change, String key, PatchSchema schema) {
        JsonNode wanted = keyOf(change, key);
        for (int i = 0; i < merged.size(); i++) {
            if (wanted.equals(merged.get(i).path(key)) && merged.get(i) instanceof ObjectNode element) {
                merged.set(i, mergeObject(element, (ObjectNode) change, schema));
                return;
            }
        }
        merged.add(plain((ObjectNode) change, schema));
    }

    private static JsonNode keyOf(JsonNode element, String key) {
        JsonNode value = element.get(key);
        if (!element.isObject() || value == null) {
            throw Errors.badRequest("map: " + element + " does not contain declared merge key: " + key);
        }
        return value;
    }

    /**
     * Brings the merged elements that stand in {@code order} into that order, and puts the others, in the order of
     * {@code live}, where they stood relative to them.
     */
    private static ArrayNode ordered(ArrayNode merged, ArrayNode order, ArrayNode live, String key) {
        List<JsonNode> orderKeys = identities(order, key);
        List<JsonNode> liveKeys = identities(live, key);
        List<JsonNode> patched = new ArrayList<>();
        List<JsonNode> others = new ArrayList<>();
        merged.forEach(element -> (orderKeys.contains(identity(element, key)) ? patched : others).add(element));
        patched.sort(java.util.Comparator.comparingInt(element -> orderKeys.indexOf(identity(element, key))));
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        int left = 0;
        int right = 0;
        while (left < others.size() || right < patched.size()) {
            boolean takeOther;
            if (left == others.size() || right == patched.size()) {
                takeOther = right == patched.size();
            } else {
                int otherAt = liveKeys.indexOf(identity(others.get(left), key));
                int patchedAt = liveKeys.indexOf(identity(patched.get(right), key));
                takeOther = otherAt >= 0 && patchedAt >= 0 && otherAt < patchedAt;
            }
            result.add(takeOther ? others.get(left++) : patched.get(right++));
        }
        return result;
    }

    private static List<JsonNode> identities(ArrayNode list, String key) {
        List<JsonNode> keys = new ArrayList<>(list.size());
        list.forEach(element -> keys.add(identity(element, key)));
        return keys;
    }

    private static JsonNode identity(JsonNode element, String key) {
        return key.isEmpty() || !element.isObject() ? element : element.path(key);
    }

    private static ArrayNode without(ArrayNode values, ArrayNode removed) {
        List<JsonNode> gone = new ArrayList<>();
        removed.forEach(gone::add);
        ArrayNode left = JsonNodeFactory.instance.arrayNode();
        values.forEach(value -> {
            if (!gone.contains(value)) {
                left.add(value);
            }
        });
        return left;
    }

    private static void addDistinct(ArrayNode into, ArrayNode values) {
        List<JsonNode> known = new ArrayList<>();
        into.forEach(known::add);
        for (JsonNode value : values) {
            if (!known.contains(value)) {
                known.add(value);
                into.add(value);
            }
        }
    }

    private static ArrayNode array(String field, JsonNode value) {
        if (value instanceof ArrayNode array) {
            return array;
        }
        throw Errors.badRequest("invalid patch: " + field + " must be a list");
    }

    /** A new value out of a patch: without directives and nulls. */
    private static ObjectNode plain(ObjectNode patch, PatchSchema schema) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        patch.properties().forEach(field -> {
            if (!field.getKey().startsWith("$")) {
                mergeField(copy, field.getKey(), field.getValue(), patch.get(SET_ORDER + field.getKey()),
                        schema.field(field.getKey()));
            }
        });
        return copy;
    }

    private static ArrayNode plain(ArrayNode patch, PatchSchema schema) {
        ArrayNode copy = JsonNodeFactory.instance.arrayNode();
        for (JsonNode element : patch) {
            switch (element) {
                case ObjectNode object -> {
                    String directive = object.path(DIRECTIVE).asString("");
                    boolean onlyDirective = directive.equals("delete") || directive.equals("replace") && object.size() == 1;
                    if (!onlyDirective) {
                        copy.add(plain(object, schema.items()));
                    }
                }
                case ArrayNode nested -> copy.add(plain(nested, schema.items()));
                default -> copy.add(element);
            }
        }
        return copy;
    }
}
