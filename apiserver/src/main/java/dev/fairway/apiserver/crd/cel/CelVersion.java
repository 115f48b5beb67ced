package dev.fairway.apiserver.crd.cel;

import java.math.BigInteger;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A semantic version (<a href="https://semver.org/spec/v2.0.0.html">SemVer 2.0.0</a>) in a CEL rule.
 *
 * @param before the identifiers of a pre-release; none for a release
 */
record CelVersion(long major, long minor, long patch, List<String> before) implements Comparable<CelVersion> {
    private static final String NUMBER = "(0|[1-9][0-9]{0,17})";
    private static final Pattern SYNTAX = Pattern.compile(NUMBER + "\\." + NUMBER + "\\." + NUMBER
            + "(?:-((?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?"
            + "(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");

    /**
     * Reads a version.
     *
     * @param normalize whether a leading v, missing parts and leading zeros are mended first
     * @throws IllegalArgumentException if the text is no version
     */
    static CelVersion parse(String text, boolean normalize) {
        Matcher matcher = SYNTAX.matcher(normalize ? normalized(text) : text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("Invalid semantic version: " + text);
        }
        return new CelVersion(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)), matcher.group(4) == null ? List.of() : List.of(matcher.group(4).split("\\.")));
    }

    static boolean isVersion(String text, boolean normalize) {
        return SYNTAX.matcher(normalize ? normalized(text) : text).matches();
    }

    private static String normalized(String text) {
        String plain = text.startsWith("v") ? text.substring(1) : text;
        String[] parts = plain.split("\\.", 3);
        StringBuilder whole = new StringBuilder();
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i].replaceFirst("^0+(?=[0-9])", "");
            whole.append(i == 0 ? "" : ".").append(part);
        }
        for (int i = parts.length; i < 3; i++) {
            whole.append(".0");
        }
        return whole.toString();
    }

    @Override
    public int compareTo(CelVersion other) {
        int order = Long.compare(major, other.major);
        order = order != 0 ? order : Long.compare(minor, other.minor);
        order = order != 0 ? order : Long.compare(patch, other.patch);
        if (order != 0 || before.isEmpty() || other.before.isEmpty()) {
            return order != 0 ? order : Boolean.compare(before.isEmpty(), other.before.isEmpty());
        }
        for (int i = 0; i < Math.min(before.size(), other.before.size()); i++) {
            int each = identifiers(before.get(i), other.before.get(i));
            if (each != 0) {
                return each;
            }
        }
        return Integer.compare(before.size(), other.before.size());
    }

    /** Numbers by value and before words; words by letters. */
    private static int identifiers(String left, String right) {
        boolean leftNumber = DIGITS.matcher(left).matches();
        boolean rightNumber = DIGITS.matcher(right).matches();
        if (leftNumber && rightNumber) {
            return new BigInteger(left).compareTo(new BigInteger(right));
        }
        return leftNumber != rightNumber ? Boolean.compare(rightNumber, leftNumber) : Integer.signum(left.compareTo(right));
    }
}
