package dev.fairway.apiserver.encode;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What scalars of YAML 1.1 mean, as go-yaml takes them: {@code 0644} is octal, {@code yes} is true. */
final class YamlScalars {
    private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> TRUE = Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
    private static final Set<String> FALSE = Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
    private static final Pattern INTEGER = Pattern.compile(
            "([-+]?)(?:0x(?<hex>[0-9a-fA-F]+)|0b(?<binary>[01]+)|0o?(?<octal>[0-7]+)|(?<decimal>0|[1-9][0-9]*))");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?");
    private static final Pattern NOT_FINITE = Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
    private static final int MAX_DIGITS = 100;
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    private YamlScalars() {
    }

    /**
     * The value of a scalar.
     *
     * @throws YamlEngineException for what JSON cannot say
     */
    static JsonNode resolve(ScalarEvent scalar) {
        String tag = scalar.getTag().orElse("");
        boolean text = !scalar.isPlain() && tag.isEmpty() || tag.equals("!") || tag.equals("tag:yaml.org,2002:str");
        return text ? MAKE.stringNode(scalar.getValue()) : plain(scalar.getValue());
    }

    /** Whether a plain scalar is anything but the string it looks like. */
    static boolean meansMore(String text) {
        return text.equals("<<") || NOT_FINITE.matcher(text).matches() || !plain(text).isString();
    }

    private static JsonNode plain(String text) {
        if (NULL.contains(text)) {
            return MAKE.nullNode();
        }
        if (TRUE.contains(text) || FALSE.contains(text)) {
            return MAKE.booleanNode(TRUE.contains(text));
        }
        if (NOT_FINITE.matcher(text).matches()) {
            throw new YamlEngineException("json: unsupported value: " + text);
        }
        char first = text.charAt(0);
        boolean number = first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.';
        if (!number || text.length() > MAX_DIGITS) {
            return MAKE.stringNode(text);
        }
        String digits = text.replace("_", "");
        Matcher integer = INTEGER.matcher(digits);
        if (integer.matches()) {
            return integer(integer);
        }
        return FLOAT.matcher(digits).matches() ? MAKE.numberNode(new BigDecimal(digits)) : MAKE.stringNode(text);
    }

    private static JsonNode integer(Matcher integer) {
        BigInteger value = integer.group("hex") != null ? new BigInteger(integer.group("hex"), 16)
                : integer.group("binary") != null ? new BigInteger(integer.group("binary"), 2)
                : integer.group("octal") != null ? new BigInteger(integer.group("octal"), 8)
                : new BigInteger(integer.group("decimal"));
        BigInteger signed = integer.group(1).equals("-") ? value.negate() : value;
        if (signed.bitLength() < 32) {
            return MAKE.numberNode(signed.intValue());
        }
        return signed.bitLength() < 64 ? MAKE.numberNode(signed.longValue()) : MAKE.numberNode(signed);
    }

    /** A scalar as the key of a map; empty for what cannot be one. */
    static Optional<String> key(JsonNode node) {
        return node.isString() || node.isNumber() || node.isBoolean()
                ? Optional.of(node.isBoolean() ? node.toString().toLowerCase(Locale.ROOT) : node.asString()) : Optional.empty();
    }
}
