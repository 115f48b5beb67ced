package dev.fairway.apiserver.patch;

import dev.fairway.apiserver.errors.Errors;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON patch, RFC 6902. The first operation that fails fails the whole. */
public final class JsonPatch {
    private static final System.Logger LOG = System.getLogger(JsonPatch.class.getName());
    /** Most operations in one patch. */
    public static final int MAX_OPERATIONS = 10_000;

    private JsonPatch() {
    }

    /**
     * The patched document.
     *
     * @param document not changed
     * @param patch    an array of operations
     * @throws dev.fairway.apiserver.errors.StatusException 400 when the patch is no JSON patch, 413 when it is too
     *                                                      long, 422 when an operation cannot be carried out
     */
    public static JsonNode apply(JsonNode document, JsonNode patch) {
        if (!(patch instanceof ArrayNode operations)) {
            throw Errors.badRequest("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        }
        if (operations.size() > MAX_OPERATIONS) {
            throw Errors.requestTooLarge("The allowed maximum operations in a JSON patch is " + MAX_OPERATIONS + ", got "
                    + operations.size());
        }
        JsonNode result = document.deepCopy();
        for (JsonNode operation : operations) {
            result = apply(result, operation, operation.path("op").asString(""));
        }
        return result;
    }

    private static JsonNode apply(JsonNode document, JsonNode operation, String op) {
        List<String> path = pointer(operation, "path");
        return switch (op) {
            case "add" -> add(document, path, value(operation));
            case "remove" -> remove(document, path);
            case "replace" -> replace(document, path, value(operation));
            case "move" -> {
                List<String> from = pointer(operation, "from");
                if (path.size() > from.size() && path.subList(0, from.size()).equals(from)) {
                    throw failed("cannot move a value into one of its own children");
                }
                JsonNode moved = get(document, from);
                yield add(remove(document, from), path, moved);
            }
            case "copy" -> add(document, path, get(document, pointer(operation, "from")).deepCopy());
            case "test" -> {
                JsonNode expected = operation.has("value") ? operation.get("value") : null;
                if (!same(orNull(document, path), expected)) {
                    throw failed("testing value " + operation.path("path").asString("") + " failed");
                }
                yield document;
            }
            default -> throw failed("Unexpected kind: " + op);
        };
    }

    /** What stands at a path; null for a field that its object does not have. */
    private static JsonNode orNull(JsonNode document, List<String> path) {
        boolean absent = !path.isEmpty() && parent(document, path) instanceof ObjectNode object && !object.has(path.getLast());
        return absent ? JsonNodeFactory.instance.nullNode() : get(document, path);
    }

    private static boolean same(JsonNode actual, JsonNode expected) {
        if (expected == null) {
            return actual.isNull();
        }
        return actual.equals((left, right) -> {
            if (left.isNumber() && right.isNumber()) {
                return left.decimalValue().compareTo(right.decimalValue());
            }
            return left.equals(right) ? 0 : 1;
        }, expected);
    }

    private static JsonNode value(JsonNode operation) {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw failed("missing value");
        }
        return value.deepCopy();
    }

    private static JsonNode add(JsonNode document, List<String> path, JsonNode value) {
        if (path.isEmpty()) {
            return value;
        }
        String last = path.getLast();
        switch (parent(document, path)) {
            case ObjectNode object -> object.set(last, value);
            case ArrayNode array -> {
                int index = last.equals("-") ? array.size() : index(last, array.size() + 1);
                if (index > array.size()) {
                    throw failed("Unable to access invalid index: " + last);
                }
                array.insert(index, value);
            }
            default -> throw missing(path);
        }
        return document;
    }

    private static JsonNode remove(JsonNode document, List<String> path) {
        if (path.isEmpty()) {
            throw failed("the whole document cannot be removed");
        }
        get(document, path);
        switch (parent(document, path)) {
            case ObjectNode object -> object.remove(path.getLast());
            case ArrayNode array -> array.remove(index(path.getLast(), array.size()));
            default -> throw missing(path);
        }
        return document;
    }

    private static JsonNode replace(JsonNode document, List<String> path, JsonNode value) {
        if (path.isEmpty()) {
            return value;
        }
        get(document, path);
        switch (parent(document, path)) {
            case ObjectNode object -> object.set(path.getLast(), value);
            case ArrayNode array -> array.set(index(path.getLast(), array.size()), value);
            default -> throw missing(path);
        }
        return document;
    }

    private static JsonNode parent(JsonNode document, List<String> path) {
        return get(document, path.subList(0, path.size() - 1));
    }

    private static JsonNode get(JsonNode document, List<String> path) {
        JsonNode node = document;
        for (String segment : path) {
            JsonNode child = switch (node) {
                case ObjectNode object -> object.get(segment);
                case ArrayNode array -> {
                    int index = index(segment, array.size());
                    yield index < array.size() ? array.get(index) : null;
                }
                default -> null;
            };
            if (child == null) {
                throw missing(path);
            }
            node = child;
        }
        return node;
    }

    /** An index; a negative one counts from the end of {@code size} items, as the library that Kubernetes uses has it. */
    private static int index(String segment, int size) {
        boolean negative = segment.startsWith("-");
        String digits = negative ? segment.substring(1) : segment;
        boolean plain = !digits.isEmpty() && digits.length() < 10 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!plain || digits.length() > 1 && digits.startsWith("0")) {
            throw failed("Unable to access invalid index: " + segment);
        }
        int index = negative ? size - Integer.parseInt(digits) : Integer.parseInt(digits);
        if (index < 0) {
            throw failed("Unable to access invalid index: " + segment);
        }
        return index;
    }

    private static List<String> pointer(JsonNode operation, String field) {
        JsonNode node = operation.get(field);
        if (node == null || !node.isString()) {
            throw failed("missing " + field);
        }
        String text = node.stringValue();
        if (text.isEmpty()) {
            return List.of();
        }
        if (!text.startsWith("/")) {
            throw failed(field + " \"" + text + "\" does not start with /");
        }
        List<String> segments = new ArrayList<>();
        for (String segment : text.substring(1).split("/", -1)) {
            segments.add(segment.replace("~1", "/").replace("~0", "~"));
        }
        return segments;
    }

    private static RuntimeException missing(List<String> path) {
        return failed("doc is missing path: /" + String.join("/", path) + ": missing value");
    }

    private static RuntimeException failed(String why) {
        LOG.log(System.Logger.Level.DEBUG, "a JSON patch failed: {0}", why);
        return Errors.patchFailed();
    }
}
