package dev.fairway.apiserver.crd.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One node of a structural schema ({@code apiextensions.k8s.io/v1 JSONSchemaProps}), made ready for use.
 *
 * @param type            {@code object}, {@code array}, {@code string}, {@code integer}, {@code number},
 *                        {@code boolean}, or empty for anything
 * @param additional      the schema of entries that are no properties; not present where there may be none
 * @param open            whether unknown fields are kept: {@code x-kubernetes-preserve-unknown-fields}
 * @param listType        {@code x-kubernetes-list-type}, or empty
 * @param rules           {@code x-kubernetes-validations}
 */
public record SchemaNode(String type, boolean nullable, Map<String, SchemaNode> properties, Optional<SchemaNode> additional,
                         Optional<SchemaNode> items, List<String> required, List<JsonNode> allowed, Optional<Pattern> pattern,
                         Optional<Bound> minimum, Optional<Bound> maximum, Optional<BigDecimal> multipleOf, String format,
                         Range length, Range itemCount, Range propertyCount, boolean unique, boolean open, boolean embedded,
                         boolean intOrString, String listType, List<String> listKeys, boolean atomicMap,
                         Optional<JsonNode> defaultValue, List<SchemaNode> allOf, List<SchemaNode> anyOf,
                         List<SchemaNode> oneOf, Optional<SchemaNode> not, List<Rule> rules) {

    /** A bound of a number. */
    public record Bound(BigDecimal value, boolean exclusive) {
    }

    /** How many of something; -1 for no bound. */
    public record Range(long least, long most) {
    }

    /**
     * A CEL rule.
     *
     * @param message           what to say when it does not hold; may be empty
     * @param messageExpression an expression that says it; may be empty
     * @param reason            the reason of the cause; may be empty
     * @param fieldPath         a path below the node, such as {@code .a.b}; may be empty
     * @param optionalOldSelf   whether a rule on changes also runs where there is no old value
     */
    public record Rule(String expression, String message, String messageExpression, String reason, String fieldPath,
                       boolean optionalOldSelf) {
    }

    /**
     * Reads a schema.
     *
     * @throws IllegalArgumentException when something in it cannot be used, such as a pattern
     */
    public static SchemaNode parse(JsonNode schema) {
        Map<String, SchemaNode> properties = new LinkedHashMap<>();
        schema.path("properties").properties().forEach(each ->
                properties.put(each.getKey(), parse(each.getValue())));
        JsonNode additional = schema.path("additionalProperties");
        Optional<SchemaNode> entries = additional.isObject()
                ? Optional.of(parse(additional))
                : additional.asBoolean(false) ? Optional.of(parse(JsonNodeFactory.instance.objectNode().put("x-kubernetes-preserve-unknown-fields", true)))
                : Optional.empty();
        return new SchemaNode(schema.path("type").asString(""), schema.path("nullable").asBoolean(false), properties, entries,
                schema.path("items").isObject() ? Optional.of(parse(schema.path("items"))) : Optional.empty(),
                strings(schema.path("required")), nodes(schema.path("enum")), pattern(schema),
                bound(schema, "minimum", "exclusiveMinimum"), bound(schema, "maximum", "exclusiveMaximum"),
                schema.path("multipleOf").isNumber() ? Optional.of(schema.path("multipleOf").decimalValue()) : Optional.empty(),
                schema.path("format").asString(""), range(schema, "minLength", "maxLength"), range(schema, "minItems", "maxItems"),
                range(schema, "minProperties", "maxProperties"), schema.path("uniqueItems").asBoolean(false),
                schema.path("x-kubernetes-preserve-unknown-fields").asBoolean(false),
                schema.path("x-kubernetes-embedded-resource").asBoolean(false),
                schema.path("x-kubernetes-int-or-string").asBoolean(false),
                schema.path("x-kubernetes-list-type").asString(""), strings(schema.path("x-kubernetes-list-map-keys")),
                schema.path("x-kubernetes-map-type").asString("").equals("atomic"),
                Optional.ofNullable(schema.get("default")), many(schema.path("allOf")),
                many(schema.path("anyOf")), many(schema.path("oneOf")),
                schema.path("not").isObject() ? Optional.of(parse(schema.path("not"))) : Optional.empty(),
                rules(schema.path("x-kubernetes-validations")));
    }

    private static List<SchemaNode> many(JsonNode list) {
        return list.valueStream().map(SchemaNode::parse).toList();
    }

    private static List<Rule> rules(JsonNode list) {
        List<Rule> rules = new ArrayList<>();
        for (JsonNode each : list) {
            rules.add(new Rule(each.path("rule").asString(""), each.path("message").asString(""),
                    each.path("messageExpression").asString(""), each.path("reason").asString(""),
                    each.path("fieldPath").asString(""), each.path("optionalOldSelf").asBoolean(false)));
        }
        return List.copyOf(rules);
    }

    /**
     * The pattern of a schema.
     *
     * @throws IllegalArgumentException when it is not a regular expression
     */
    static Optional<Pattern> pattern(JsonNode schema) {
        if (!schema.hasNonNull("pattern")) {
            return Optional.empty();
        }
        String text = schema.path("pattern").asString("");
        try {
            return Optional.of(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("must be a valid regular expression, but isn't: " + e.getMessage(), e);
        }
    }

    private static Optional<Bound> bound(JsonNode schema, String name, String exclusive) {
        return schema.path(name).isNumber()
                ? Optional.of(new Bound(schema.path(name).decimalValue(), schema.path(exclusive).asBoolean(false)))
                : Optional.empty();
    }

    private static Range range(JsonNode schema, String least, String most) {
        return new Range(schema.path(least).asLong(-1), schema.path(most).asLong(-1));
    }

    private static List<String> strings(JsonNode list) {
        return list.valueStream().map(each -> each.asString("")).toList();
    }

    private static List<JsonNode> nodes(JsonNode list) {
        return list.valueStream().toList();
    }

    /** The schema of a field: a property, or an entry. */
    public Optional<SchemaNode> field(String name) {
        SchemaNode property = properties.get(name);
        return property != null ? Optional.of(property) : additional;
    }
}
