package dev.fairway.apiserver.crd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The part of JSONPath that printer columns use: {@code .a.b}, {@code ['a']}, {@code [0]}, {@code [*]}, and the
 * filter {@code [?(@.a.b=="c")]}.
 */
final class JsonPath {
    private final List<Function<JsonNode, Stream<JsonNode>>> steps = new ArrayList<>();

    private JsonPath() {
    }

    /**
     * Reads a path.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    static JsonPath parse(String text) {
        JsonPath path = new JsonPath();
        String rest = text.startsWith("{") && text.endsWith("}") ? text.substring(1, text.length() - 1) : text;
        rest = rest.startsWith("$") ? rest.substring(1) : rest;
        while (!rest.isEmpty()) {
            if (rest.startsWith(".")) {
                int end = fieldEnd(rest);
                String name = rest.substring(1, end).replace("\\.", ".");
                if (name.equals("*")) {
                    path.steps.add(node -> node.valueStream());
                } else if (!name.isEmpty()) {
                    path.steps.add(node -> Stream.of(node.path(name)));
                }
                rest = rest.substring(end);
            } else if (rest.startsWith("[")) {
                int end = bracketEnd(rest);
                path.steps.add(bracket(rest.substring(1, end).strip(), text));
                rest = rest.substring(end + 1);
            } else {
                throw new IllegalArgumentException("\"" + text + "\" is not a JSONPath that can be used here");
            }
        }
        return path;
    }

    private static int fieldEnd(String rest) {
        int end = 1;
        while (end < rest.length() && rest.charAt(end) != '[' && (rest.charAt(end) != '.' || rest.charAt(end - 1) == '\\')) {
            end++;
        }
        return end;
    }

    private static int bracketEnd(String rest) {
        char quote = 0;
        int depth = 0;
        for (int i = 0; i < rest.length(); i++) {
            char c = rest.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '[') {
                depth++;
            } else if (c == ']' && --depth == 0) {
                return i;
            }
        }
        throw new IllegalArgumentException("\"" + rest + "\" has an open bracket");
    }

    private static Function<JsonNode, Stream<JsonNode>> bracket(String inside, String text) {
        if (inside.equals("*")) {
            return node -> node.valueStream();
        }
        if (inside.matches("-?\\d{1,9}")) {
            int index = Integer.parseInt(inside);
            return node -> Stream.of(node.path(index < 0 ? node.size() + index : index));
        }
        if (inside.length() > 1 && (inside.startsWith("'") && inside.endsWith("'") || inside.startsWith("\"") && inside.endsWith("\""))) {
            String name = inside.substring(1, inside.length() - 1);
            return node -> Stream.of(node.path(name));
        }
        if (inside.startsWith("?(") && inside.endsWith(")") && inside.contains("==")) {
            String condition = inside.substring(2, inside.length() - 1);
            int equals = condition.indexOf("==");
            String left = condition.substring(0, equals).strip();
            String right = condition.substring(equals + 2).strip();
            JsonPath path = parse(left.startsWith("@") ? left.substring(1) : left);
            String wanted = right.replaceAll("^[\"']|[\"']$", "");
            return node -> node.valueStream().filter(each -> path.find(each).stream().anyMatch(found -> text(found).equals(wanted)));
        }
        throw new IllegalArgumentException("\"" + text + "\" is not a JSONPath that can be used here");
    }

    /** What the path leads to; empty when nothing. */
    List<JsonNode> find(JsonNode root) {
        Stream<JsonNode> found = Stream.of(root);
        for (Function<JsonNode, Stream<JsonNode>> step : steps) {
            found = found.flatMap(step);
        }
        return found.filter(node -> !node.isMissingNode() && !node.isNull()).toList();
    }

    /** A value as a column shows it. */
    static String text(JsonNode node) {
        return node.isString() ? node.stringValue() : node.toString();
    }
}
