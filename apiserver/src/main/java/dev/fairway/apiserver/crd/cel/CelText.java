package dev.fairway.apiserver.crd.cel;

import com.google.protobuf.ByteString;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code 'text %s'.format([value])}, as CEL's extension for strings defines it. */
final class CelText {
    private static final Pattern CLAUSE = Pattern.compile("%(?:\\.([0-9]{1,3}))?(.?)", Pattern.DOTALL);
    private static final int DEFAULT_PRECISION = 6;

    private CelText() {
    }

    /** @throws IllegalArgumentException when clauses and values do not fit together */
    static String format(String text, List<?> values) {
        Matcher matcher = CLAUSE.matcher(text);
        StringBuilder result = new StringBuilder();
        int next = 0;
        while (matcher.find()) {
            String verb = matcher.group(2);
            if (verb.equals("%")) {
                matcher.appendReplacement(result, "%");
                continue;
            }
            if (next >= values.size()) {
                throw new IllegalArgumentException("index " + next + " out of range");
            }
            int precision = matcher.group(1) == null ? DEFAULT_PRECISION : Integer.parseInt(matcher.group(1));
            matcher.appendReplacement(result, Matcher.quoteReplacement(clause(verb, precision, values.get(next++))));
        }
        return matcher.appendTail(result).toString();
    }

    private static String clause(String verb, int precision, Object value) {
        return switch (verb) {
            case "s" -> text(value);
            case "d" -> {
                if (value instanceof Long number) {
                    yield number.toString();
                }
                throw mismatch("decimal clause can only be used on integers", value);
            }
            case "f" -> number(value).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
            case "e" -> String.format(Locale.ROOT, "%." + precision + "e", number(value));
            case "b" -> switch (value) {
                case Boolean flag -> flag ? "1" : "0";
                case Long number -> Long.toString(number, 2);
                default -> throw mismatch("only integers and bools can be formatted as binary", value);
            };
            case "o" -> {
                if (value instanceof Long number) {
                    yield Long.toString(number, 8);
                }
                throw mismatch("octal clause can only be used on integers", value);
            }
            case "x" -> hex(value);
            case "X" -> hex(value).toUpperCase(Locale.ROOT);
            default -> throw new IllegalArgumentException("could not parse formatting clause: unrecognized formatting clause \"" + verb + "\"");
        };
    }

    private static String hex(Object value) {
        return switch (value) {
            case Long number -> Long.toString(number, 16);
            case String text -> bytes(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            case ByteString bytes -> bytes(bytes.toByteArray());
            default -> throw mismatch("only integers, byte buffers, and strings can be formatted as hex", value);
        };
    }

    private static String bytes(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }

    private static BigDecimal number(Object value) {
        return switch (value) {
            case Double number -> new BigDecimal(number);
            case Long number -> BigDecimal.valueOf(number);
            default -> throw mismatch("fixed-point clause can only be used on doubles", value);
        };
    }

    private static IllegalArgumentException mismatch(String rule, Object value) {
        return new IllegalArgumentException("error during formatting: " + rule + ", was given " + value.getClass().getSimpleName());
    }

    /** A value as {@code %s} shows it. */
    private static String text(Object value) {
        return switch (value) {
            case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 -> Long.toString(number.longValue());
            case Duration duration -> new BigDecimal(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9))
                    .stripTrailingZeros().toPlainString() + "s";
            case Instant time -> time.toString();
            case ByteString bytes -> bytes.toStringUtf8();
            case List<?> list -> list.stream().map(CelText::text).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map -> map.entrySet().stream().map(each -> text(each.getKey()) + ": " + text(each.getValue()))
                    .sorted().collect(Collectors.joining(", ", "{", "}"));
            case dev.cel.common.values.NullValue ignored -> "null";
            default -> value.toString();
        };
    }
}
