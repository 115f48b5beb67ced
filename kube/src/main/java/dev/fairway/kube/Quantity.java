package dev.fairway.kube;

import java.math.BigDecimal;
import java.util.Map;

/** {@code resource.Quantity} in text form: a decimal number with a decimal, binary or exponent suffix. */
public final class Quantity {
    private static final Map<String, BigDecimal> SUFFIXES = Map.ofEntries(
            Map.entry("n", BigDecimal.ONE.movePointLeft(9)),
            Map.entry("u", BigDecimal.ONE.movePointLeft(6)),
            Map.entry("m", BigDecimal.ONE.movePointLeft(3)),
            Map.entry("", BigDecimal.ONE),
            Map.entry("k", BigDecimal.ONE.movePointRight(3)),
            Map.entry("M", BigDecimal.ONE.movePointRight(6)),
            Map.entry("G", BigDecimal.ONE.movePointRight(9)),
            Map.entry("T", BigDecimal.ONE.movePointRight(12)),
            Map.entry("P", BigDecimal.ONE.movePointRight(15)),
            Map.entry("E", BigDecimal.ONE.movePointRight(18)),
            Map.entry("Ki", BigDecimal.valueOf(1L << 10)),
            Map.entry("Mi", BigDecimal.valueOf(1L << 20)),
            Map.entry("Gi", BigDecimal.valueOf(1L << 30)),
            Map.entry("Ti", BigDecimal.valueOf(1L << 40)),
            Map.entry("Pi", BigDecimal.valueOf(1L << 50)),
            Map.entry("Ei", BigDecimal.valueOf(1L << 60)));

    private Quantity() {}

    /**
     * The value in thousandths, rounded up; more than fits is {@link Long#MAX_VALUE}.
     *
     * @throws NumberFormatException if the text is no quantity
     */
    public static long milli(String text) {
        int end = text.length();
        while (end > 0 && !Character.isDigit(text.charAt(end - 1)) && text.charAt(end - 1) != '.') {
            end--;
        }
        BigDecimal factor = SUFFIXES.get(text.substring(end));
        if (factor == null) {
            throw new NumberFormatException("\"" + text + "\" is not a quantity");
        }
        // BigDecimal reads exponents such as 1e3 itself.
        BigDecimal milli = new BigDecimal(text.substring(0, end)).multiply(factor).movePointRight(3)
                .setScale(0, java.math.RoundingMode.CEILING);
        return milli.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0 ? Long.MAX_VALUE : milli.longValueExact();
    }
}
