package dev.fairway.controllers.runtime;

import tools.jackson.databind.JsonNode;

/** {@code IntOrString} fields that hold a number or a percentage of a total. */
public final class IntOrPercent {
    private IntOrPercent() {}

    /**
     * The number that a field stands for.
     *
     * @param total what percentages are of
     * @param roundUp how a percentage is rounded
     * @param absent the value of a field that is not there
     * @throws IllegalArgumentException if the field is neither a number nor a percentage
     */
    public static int resolve(JsonNode field, int total, boolean roundUp, int absent) {
        if (field.isMissingNode() || field.isNull()) {
            return absent;
        }
        if (field.isNumber()) {
            return field.asInt();
        }
        String text = field.asString("");
        if (!text.endsWith("%")) {
            throw new IllegalArgumentException("\"" + text + "\" is neither a number nor a percentage");
        }
        double exact = Integer.parseInt(text.substring(0, text.length() - 1)) * (double) total / 100;
        return (int) (roundUp ? Math.ceil(exact) : Math.floor(exact));
    }
}
