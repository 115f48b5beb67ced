package dev.fairway.kube;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * An amount of a resource, such as {@code 100m} CPU or {@code 1Gi} of memory
 * (<a href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/">Quantity</a>). No finer
 * than a billionth; what is finer is rounded away from zero.
 *
 * @param value  the amount
 * @param format how it was written, and is written again
 */
public record Quantity(BigDecimal value, Format format) implements Comparable<Quantity> {

    /** The families of suffixes. */
    public enum Format {
        /** {@code n u m k M G T P E}: powers of 1000. */
        DECIMAL,
        /** {@code Ki Mi Gi Ti Pi Ei}: powers of 1024. */
        BINARY,
        /** {@code e3}: a power of ten. */
        EXPONENT
    }

    private static final Pattern SYNTAX = Pattern.compile(
            "([+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+))([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,3})?");
    private static final List<String> DECIMAL = List.of("n", "u", "m", "", "k", "M", "G", "T", "P", "E");
    private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
    private static final int SMALLEST_EXPONENT = -9;
    private static final BigInteger STEP = BigInteger.valueOf(1024);
    private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE);

    /** Whether a text is a quantity. */
    public static boolean matches(String text) {
        return SYNTAX.matcher(text).matches();
    }

    /** The quantity in a field: a text, or a number. */
    public static Quantity of(JsonNode node) {
        return parse(node.asString(""));
    }

    /** @throws IllegalArgumentException if the text is no quantity */
    public static Quantity parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no quantity");
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        String suffix = matcher.group(2) == null ? "" : matcher.group(2);
        if (BINARY.indexOf(suffix) > 0) {
            return limited(number.multiply(new BigDecimal(STEP.pow(BINARY.indexOf(suffix)))), Format.BINARY);
        }
        if (DECIMAL.contains(suffix)) {
            return limited(number.scaleByPowerOfTen(SMALLEST_EXPONENT + 3 * DECIMAL.indexOf(suffix)), Format.DECIMAL);
        }
        return limited(number.scaleByPowerOfTen(Integer.parseInt(suffix.substring(1))), Format.EXPONENT);
    }

    private static Quantity limited(BigDecimal value, Format format) {
        BigDecimal rounded = value.scale() > -SMALLEST_EXPONENT ? value.setScale(-SMALLEST_EXPONENT, RoundingMode.UP) : value;
        return new Quantity(rounded.abs().compareTo(LARGEST) <= 0 ? rounded
                : LARGEST.multiply(BigDecimal.valueOf(rounded.signum())), format);
    }

    /** The amount in thousandths, rounded up; more than fits is {@link Long#MAX_VALUE}. */
    public long milli() {
        BigDecimal milli = value.movePointRight(3).setScale(0, RoundingMode.CEILING);
        return milli.compareTo(LARGEST) > 0 ? Long.MAX_VALUE : milli.longValueExact();
    }

    public int signum() {
        return value.signum();
    }

    /** Whether it has no fraction. */
    public boolean isWhole() {
        return value.stripTrailingZeros().scale() <= 0;
    }

    @Override
    public int compareTo(Quantity other) {
        return value.compareTo(other.value);
    }

    /** The canonical form: no fraction, and the largest suffix that leaves none. */
    @Override
    public String toString() {
        if (value.signum() == 0) {
            return "0";
        }
        boolean small = value.abs().compareTo(new BigDecimal(STEP)) < 0;
        return switch (format) {
            case BINARY -> small ? decimal(false) : binary();
            case DECIMAL -> decimal(false);
            case EXPONENT -> decimal(true);
        };
    }

    private String binary() {
        BigInteger number = value.setScale(0, RoundingMode.UP).unscaledValue();
        int suffix = 0;
        while (suffix < BINARY.size() - 1 && number.mod(STEP).signum() == 0) {
            number = number.divide(STEP);
            suffix++;
        }
        return number + BINARY.get(suffix);
    }

    private String decimal(boolean asExponent) {
        BigDecimal stripped = value.stripTrailingZeros();
        int exponent = Math.min(Math.floorDiv(-stripped.scale(), 3) * 3, SMALLEST_EXPONENT + 3 * (DECIMAL.size() - 1));
        String number = stripped.scaleByPowerOfTen(-exponent).toBigIntegerExact().toString();
        if (asExponent) {
            return exponent == 0 ? number : number + "e" + exponent;
        }
        return number + DECIMAL.get((exponent - SMALLEST_EXPONENT) / 3);
    }
}
