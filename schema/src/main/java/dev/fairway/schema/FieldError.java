package dev.fairway.schema;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * One invalid field of an object, worded as Kubernetes words it.
 *
 * @param type     the sort of mistake
 * @param field    the path, such as {@code spec.ports[0].nodePort}
 * @param badValue what was given: a string, number, boolean or JSON; null where it is not to be shown
 * @param detail   the explanation; may be empty
 */
public record FieldError(Type type, String field, Object badValue, String detail) {

    /** A bad value that is too large to be shown: not even its place in the message stays. */
    public static final Object OMITTED = new Object();

    /** The sorts of mistakes: what messages call them, and the reason of the cause in a Status. */
    public enum Type {
        NOT_FOUND("Not found", "FieldValueNotFound"),
        REQUIRED("Required value", "FieldValueRequired"),
        DUPLICATE("Duplicate value", "FieldValueDuplicate"),
        INVALID("Invalid value", "FieldValueInvalid"),
        NOT_SUPPORTED("Unsupported value", "FieldValueNotSupported"),
        FORBIDDEN("Forbidden", "FieldValueForbidden"),
        TOO_LONG("Too long", "FieldValueTooLong"),
        TOO_MANY("Too many", "FieldValueTooMany"),
        INTERNAL("Internal error", "InternalError"),
        TYPE_INVALID("Invalid value", "FieldValueTypeInvalid");

        private final String words;
        private final String cause;

        Type(String words, String cause) {
            this.words = words;
            this.cause = cause;
        }

        public String words() {
            return words;
        }

        /** The reason of the Status cause. */
        public String cause() {
            return cause;
        }
    }

    public static FieldError required(String field, String detail) {
        return new FieldError(Type.REQUIRED, field, null, detail);
    }

    public static FieldError invalid(String field, Object value, String detail) {
        return new FieldError(Type.INVALID, field, value, detail);
    }

    public static FieldError forbidden(String field, String detail) {
        return new FieldError(Type.FORBIDDEN, field, null, detail);
    }

    public static FieldError duplicate(String field, Object value) {
        return new FieldError(Type.DUPLICATE, field, value, "");
    }

    public static FieldError notFound(String field, Object value) {
        return new FieldError(Type.NOT_FOUND, field, value, "");
    }

    public static FieldError notSupported(String field, Object value, Collection<String> supported) {
        String list = supported.stream().sorted().map(each -> "\"" + each + "\"").collect(Collectors.joining(", "));
        return new FieldError(Type.NOT_SUPPORTED, field, value, supported.isEmpty() ? "" : "supported values: " + list);
    }

    /** The message of the Status cause: the sort, the value where it is shown, the detail. */
    public String body() {
        String shown = badValue == OMITTED ? type.words() : switch (type) {
            case REQUIRED, FORBIDDEN, TOO_LONG, INTERNAL -> type.words();
            case NOT_FOUND, DUPLICATE, INVALID, NOT_SUPPORTED, TOO_MANY, TYPE_INVALID -> type.words() + ": " + value();
        };
        return detail.isEmpty() ? shown : shown + ": " + detail;
    }

    /** Field and body, as they stand in the message of the Status. */
    public String error() {
        return field + ": " + body();
    }

    private String value() {
        return switch (badValue) {
            case null -> "null";
            case String text -> "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
            default -> badValue.toString();
        };
    }
}
