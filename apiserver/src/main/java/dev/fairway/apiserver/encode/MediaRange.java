package dev.fairway.apiserver.encode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One clause of an Accept header, or a Content-Type.
 *
 * @param type       {@code type/subtype} in lower case
 * @param parameters the parameters but {@code q}, names in lower case
 * @param quality    {@code q}, 0 to 1
 */
public record MediaRange(String type, Map<String, String> parameters, double quality) {

    /** The clauses of a header in the order of preference. */
    public static List<MediaRange> parseAll(String header) {
        List<MediaRange> ranges = new ArrayList<>();
        for (String clause : header.split(",")) {
            if (!clause.isBlank()) {
                ranges.add(parse(clause));
            }
        }
        ranges.sort((left, right) -> Double.compare(right.quality(), left.quality()));
        return ranges;
    }

    /** One clause. A parameter that does not parse is left out. */
    public static MediaRange parse(String clause) {
        String[] parts = clause.split(";");
        Map<String, String> parameters = new LinkedHashMap<>();
        double quality = 1;
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0) {
                String name = parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT);
                String value = unquote(parts[i].substring(equals + 1).strip());
                if (name.equals("q")) {
                    quality = quality(value);
                } else {
                    parameters.put(name, value);
                }
            }
        }
        return new MediaRange(parts[0].strip().toLowerCase(Locale.ROOT), parameters, quality);
    }

    /** A parameter, or empty. */
    public String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    private static double quality(String text) {
        try {
            return Math.clamp(Double.parseDouble(text), 0, 1);
        } catch (NumberFormatException e) {
            return 1;
        }
    }

    private static String unquote(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1) : value;
    }
}
