package dev.fairway.apiserver.crd;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The part of JSONPath that printer columns use: {@code .a.b}, {@code ..a}, {@code ['a']}, {@code [0]}, {@code [-1]},
 * {@code [0:2]}, {@code [*]}, and filters such as {@code [?(@.a.b=="c")]}, {@code [?(@.n>3)]} and {@code [?(@.a)]}.
 */
final class JsonPath {
    private static final Pattern SLICE = Pattern.compile("(-?\\d{0,9}):(-?\\d{0,9})");
    private static final Pattern COMPARISON = Pattern.compile("(.+?)(==|!=|<=|>=|<|>)(.+)");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

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
            if (rest.startsWith("..")) {
                path.steps.add(JsonPath::below);
                rest = rest.substring(rest.startsWith("..[") ? 2 : 1);
            } else if (rest.startsWith(".")) {
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
        Matcher slice = SLICE.matcher(inside);
        if (slice.matches()) {
            return node -> slice(node, slice.group(1), slice.group(2));
        }
        if (inside.startsWith("?(") && inside.endsWith(")")) {
            return filter(inside.substring(2, inside.length() - 1).strip());
        }
        throw new IllegalArgumentException("\"" + text + "\" is not a JSONPath that can be used here");
    }

    private static Stream<JsonNode> slice(JsonNode node, String from, String to) {
        int size = node.size();
        int first = from.isEmpty() ? 0 : Integer.parseInt(from);
        int end = to.isEmpty() ? size : Integer.parseInt(to);
        return IntStream.range(first < 0 ? Math.max(0, size + first) : first, Math.min(size, end < 0 ? size + end : end))
                .mapToObj(node::path);
    }

    private static Function<JsonNode, Stream<JsonNode>> filter(String condition) {
        Matcher comparison = COMPARISON.matcher(condition);
        if (!comparison.matches()) {
            JsonPath path = item(condition);
            return node -> node.valueStream().filter(each -> !path.find(each).isEmpty());
        }
        JsonPath path = item(comparison.group(1).strip());
        String operator = comparison.group(2);
        String wanted = comparison.group(3).strip();
        return node -> node.valueStream().filter(each ->
                path.find(each).stream().anyMatch(found -> holds(found, operator, wanted)));
    }

    private static JsonPath item(String text) {
        return parse(text.startsWith("@") ? text.substring(1) : text);
    }

    private static boolean holds(JsonNode value, String operator, String wanted) {
        String plain = wanted.replaceAll("^[\"']|[\"']$", "");
        boolean numbers = value.isNumber() && plain.equals(wanted) && NUMBER.matcher(plain).matches();
        int order = numbers ? value.decimalValue().compareTo(new BigDecimal(plain)) : text(value).compareTo(plain);
        return switch (operator) {
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    private static Stream<JsonNode> below(JsonNode node) {
        return Stream.concat(Stream.of(node), node.valueStream().flatMap(JsonPath::below));
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
