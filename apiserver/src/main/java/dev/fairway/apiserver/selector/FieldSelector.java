package dev.fairway.apiserver.selector;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A field selector: exact matches on the few fields that a kind offers, all of which must hold. */
public record FieldSelector(List<Term> terms) {
    public static final FieldSelector EVERYTHING = new FieldSelector(List.of());
    private static final String NAME = "metadata.name";
    private static final String NAMESPACE = "metadata.namespace";

    /**
     * One condition.
     *
     * @param path  a dotted field path
     * @param equal whether the field must, or must not, have the value
     */
    public record Term(String path, boolean equal, String value) {
        @Override
        public String toString() {
            return path + (equal ? "=" : "!=") + value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
        }
    }

    public FieldSelector {
        terms = List.copyOf(terms);
    }

    /**
     * Parses {@code a.b=c,d!=e}; a backslash takes the meaning from a comma, an equals sign or a backslash.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 400 when it does not parse or names a field that the
     *                                                      resource does not offer
     */
    public static FieldSelector parse(String text, ResourceDefinition resource) {
        if (text.isEmpty()) {
            return EVERYTHING;
        }
        List<Term> terms = new ArrayList<>();
        for (String part : split(text)) {
            if (!part.isEmpty()) {
                terms.add(supported(term(part, text), resource));
            }
        }
        return new FieldSelector(terms);
    }

    /**
     * This selector, for the object of one name.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 400 when it selects by another
     */
    public FieldSelector named(String name) {
        if (!isEmpty() && !requiredName().equals(Optional.of(name))) {
            throw Errors.badRequest("fieldSelector metadata.name doesn't match requested name");
        }
        return isEmpty() ? new FieldSelector(List.of(new Term(NAME, true, name))) : this;
    }

    private static Term supported(Term term, ResourceDefinition resource) {
        boolean known = term.path.equals(NAME) || term.path.equals(NAMESPACE)
                || resource.selectable().containsKey(term.path);
        if (!known) {
            throw Errors.badRequest(resource.selectable().isEmpty()
                    ? "\"" + term.path + "\" is not a known field selector: only \"" + NAME + "\", \"" + NAMESPACE + "\""
                    : "field label not supported: " + term.path);
        }
        return term;
    }

    /** The only name that can match, if the selector names one. */
    public Optional<String> requiredName() {
        return required(NAME);
    }

    /** The only namespace that can match, if the selector names one. */
    public Optional<String> requiredNamespace() {
        return required(NAMESPACE);
    }

    private Optional<String> required(String path) {
        return terms.stream().filter(term -> term.equal && term.path.equals(path)).map(Term::value).findFirst();
    }

    /** Whether name and namespace decide alone. */
    public boolean onlyMetadata() {
        return terms.stream().allMatch(term -> term.path.equals(NAME) || term.path.equals(NAMESPACE));
    }

    public boolean isEmpty() {
        return terms.isEmpty();
    }

    /**
     * Whether an object matches.
     *
     * @param absentValues what an absent field counts as, by path
     */
    public boolean matches(JsonNode object, Map<String, String> absentValues) {
        for (Term term : terms) {
            if (value(object, term.path, absentValues).equals(term.value) != term.equal) {
                return false;
            }
        }
        return true;
    }

    private static String value(JsonNode object, String path, Map<String, String> absentValues) {
        JsonNode node = object;
        for (String segment : path.split("\\.")) {
            node = node.path(segment);
        }
        if (path.equals("source") && node.isObject()) {
            return node.path("component").asString("");
        }
        return node.isMissingNode() || node.isNull() ? absentValues.getOrDefault(path, "") : node.asString("");
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == ',') {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static Term term(String part, String whole) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '\\') {
                i++;
            } else if (part.startsWith("!=", i)) {
                return new Term(part.substring(0, i), false, unescape(part.substring(i + 2)));
            } else if (c == '=') {
                int valueAt = part.startsWith("==", i) ? i + 2 : i + 1;
                return new Term(part.substring(0, i), true, unescape(part.substring(valueAt)));
            }
        }
        throw Errors.badRequest("invalid selector: '" + whole + "'; can't understand '" + part + "'");
    }

    private static String unescape(String value) {
        StringBuilder plain = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                i++;
                if (i == value.length() || ",=\\".indexOf(value.charAt(i)) < 0) {
                    throw Errors.badRequest("invalid field selector: invalid escape sequence in value: " + value);
                }
                c = value.charAt(i);
            } else if (c == '=') {
                throw Errors.badRequest("invalid field selector: unescaped character in value: " + value);
            }
            plain.append(c);
        }
        return plain.toString();
    }

    @Override
    public String toString() {
        return terms.stream().map(Term::toString).collect(Collectors.joining(","));
    }
}
