package dev.fairway.apiserver.selector;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.kube.LabelSelector;
import dev.fairway.kube.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads label selectors: {@code a=b}, {@code a==b}, {@code a!=b}, {@code a in (b,c)}, {@code a notin (b)},
 * {@code a}, {@code !a}, {@code a>1}, {@code a<1}, joined by commas.
 */
public final class LabelSelectors {
    private static final Pattern KEY = Pattern.compile(
            "(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern VALUE = Pattern.compile("(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");

    private final String text;
    private int at;

    private LabelSelectors(String text) {
        this.text = text;
    }

    /**
     * Parses a selector; an empty one matches everything.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 400 when it does not parse
     */
    public static LabelSelector parse(String text) {
        if (text.isBlank()) {
            return LabelSelector.EVERYTHING;
        }
        return new LabelSelectors(text).selector();
    }

    private LabelSelector selector() {
        List<Requirement> requirements = new ArrayList<>();
        String token = token();
        while (true) {
            if (isSymbol(token) && !token.equals("!")) {
                throw Errors.badRequest("found '" + token + "', expected: !, identifier, or 'end of string'");
            }
            requirements.add(requirement(token));
            String next = token();
            if (next.isEmpty()) {
                return new LabelSelector(requirements);
            }
            if (!next.equals(",")) {
                throw Errors.badRequest("found '" + next + "', expected: ',' or 'end of string'");
            }
            token = token();
            if (token.isEmpty() || isSymbol(token) && !token.equals("!")) {
                throw Errors.badRequest("found '" + token + "', expected: identifier after ','");
            }
        }
    }

    private Requirement requirement(String first) {
        if (first.equals("!")) {
            return new Requirement.NotExists(key(token()));
        }
        String key = key(first);
        int before = at;
        String operator = token();
        return switch (operator) {
            case "=", "==" -> new Requirement.In(key, Set.of(value()));
            case "!=" -> new Requirement.NotIn(key, Set.of(value()));
            case "in" -> new Requirement.In(key, values());
            case "notin" -> new Requirement.NotIn(key, values());
            case ">", "<" -> new Requirement.Compared(key, operator.equals(">"), integer());
            case "", "," -> {
                at = before;
                yield new Requirement.Exists(key);
            }
            default -> throw unexpected(operator, "in, notin, =, ==, !=, gt, lt");
        };
    }

    private long integer() {
        String value = value();
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw Errors.badRequest("unable to parse requirement: values[0]: Invalid value: \"" + value
                    + "\": for 'Gt', 'Lt' operators, the value must be an integer");
        }
    }

    private String key(String token) {
        if (token.isEmpty() || isSymbol(token)) {
            throw unexpected(token, "identifier");
        }
        if (!KEY.matcher(token).matches()) {
            throw Errors.badRequest("unable to parse requirement: key: Invalid value: \"" + token
                    + "\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with"
                    + " an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation"
                    + " is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
        }
        return token;
    }

    private String value() {
        int before = at;
        String token = token();
        if (token.isEmpty() || token.equals(",") || token.equals(")")) {
            at = before;
            return "";
        }
        if (isSymbol(token)) {
            throw unexpected(token, "identifier");
        }
        return checked(token);
    }

    private Set<String> values() {
        String open = token();
        if (!open.equals("(")) {
            throw Errors.badRequest("unable to parse requirement: found '" + open + "' expected: '('");
        }
        Set<String> values = new LinkedHashSet<>();
        while (true) {
            values.add(value());
            String next = token();
            if (next.equals(")")) {
                return values;
            }
            if (!next.equals(",")) {
                throw unexpected(next, "',' or ')'");
            }
        }
    }

    private static String checked(String value) {
        if (!VALUE.matcher(value).matches()) {
            throw Errors.badRequest("unable to parse requirement: values[0]: Invalid value: \"" + value
                    + "\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
                    + " and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or"
                    + " '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
        }
        return value;
    }

    private RuntimeException unexpected(String found, String expected) {
        return Errors.badRequest("unable to parse requirement: found '" + found + "', expected: " + expected);
    }

    private String token() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return "";
        }
        int start = at;
        if (symbolAt(at)) {
            at++;
            char first = text.charAt(start);
            if ((first == '=' || first == '!') && at < text.length() && text.charAt(at) == '=') {
                at++;
            }
        } else {
            while (at < text.length() && !symbolAt(at) && !Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }
        return text.substring(start, at);
    }

    private boolean symbolAt(int index) {
        return "=!(),<>".indexOf(text.charAt(index)) >= 0;
    }

    private static boolean isSymbol(String token) {
        return !token.isEmpty() && "=!(),<>".indexOf(token.charAt(0)) >= 0;
    }
}
