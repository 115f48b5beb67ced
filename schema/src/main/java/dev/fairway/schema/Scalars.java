package dev.fairway.schema;

import dev.fairway.kube.GoDuration;
import dev.fairway.kube.Quantity;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** The JSON forms of scalars, and what Go calls them. */
final class Scalars {

    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssX");
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSX");

    private Scalars() {
    }

    static boolean accepts(Shape.Scalar scalar, JsonNode value) {
        return switch (scalar) {
            case STRING -> value.isString();
            case BOOL -> value.isBoolean();
            case INT32 -> value.isIntegralNumber() && value.canConvertToInt();
            case INT64 -> value.isIntegralNumber() && value.canConvertToLong();
            case DOUBLE -> value.isNumber();
            case BYTES -> value.isString() && isBase64(value.stringValue());
            case TIME, MICRO_TIME -> value.isString() && isTime(value.stringValue());
            case DURATION -> value.isString() && GoDuration.parse(value.stringValue()).isPresent();
            case QUANTITY -> (value.isNumber() || value.isString()) && Quantity.matches(value.asString(""));
            case INT_OR_STRING -> value.isString() || value.isIntegralNumber() && value.canConvertToInt();
            case RAW, FIELDS -> value.isContainer() || value.isValueNode();
            case WRAPPED -> value.isArray() && value.valueStream().allMatch(JsonNode::isString);
        };
    }

    /** A value that was accepted, as Go writes it. */
    static JsonNode canonical(Shape.Scalar scalar, JsonNode value) {
        return switch (scalar) {
            case QUANTITY -> rewritten(value, Quantity.of(value).toString());
            case TIME -> rewritten(value, time(value, SECONDS));
            case MICRO_TIME -> rewritten(value, time(value, MICROS));
            case STRING, BOOL, INT32, INT64, DOUBLE, BYTES, DURATION, INT_OR_STRING, RAW, FIELDS, WRAPPED -> value;
        };
    }

    private static JsonNode rewritten(JsonNode value, String text) {
        return value.isString() && value.stringValue().equals(text) ? value : StringNode.valueOf(text);
    }

    private static String time(JsonNode value, DateTimeFormatter format) {
        return format.format(OffsetDateTime.parse(value.stringValue()).withOffsetSameInstant(ZoneOffset.UTC));
    }

    /** The error where it is not the usual one about JSON types. */
    static Optional<String> problem(Shape shape, JsonNode value) {
        if (!(shape instanceof Shape.Scalar scalar) || !value.isString()) {
            return Optional.empty();
        }
        return switch (scalar) {
            case QUANTITY -> Optional.of("quantities must match the regular expression "
                    + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
            case TIME, MICRO_TIME -> Optional.of("parsing time \"" + value.stringValue()
                    + "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"" + value.stringValue() + "\" as \"2006\"");
            case DURATION -> Optional.of("time: invalid duration \"" + value.stringValue() + "\"");
            case BYTES -> Optional.of("illegal base64 data at input byte " + firstIllegal(value.stringValue()));
            case STRING, BOOL, INT32, INT64, DOUBLE, INT_OR_STRING, RAW, FIELDS, WRAPPED -> Optional.empty();
        };
    }

    static String goKind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "array";
            case OBJECT, POJO -> "object";
            case BOOLEAN -> "bool";
            case NUMBER -> value.isIntegralNumber() ? "number" : "number " + value.asString("");
            case STRING, BINARY -> "string";
            case NULL, MISSING -> "null";
        };
    }

    static String goType(Shape shape) {
        return switch (shape) {
            case Shape.ListOf(Shape element) -> "[]" + goType(element);
            case Shape.MapOf(Shape value) -> "map[string]" + goType(value);
            case Shape.Message(String type) -> "v1." + type.substring(type.indexOf('.') + 1);
            case Shape.EnumOf(String type, var ignored) -> "v1." + type.substring(type.indexOf('.') + 1);
            case Shape.Scalar scalar -> switch (scalar) {
                case STRING -> "string";
                case BOOL -> "bool";
                case INT32 -> "int32";
                case INT64 -> "int64";
                case DOUBLE -> "float64";
                case BYTES -> "[]uint8";
                case TIME -> "v1.Time";
                case MICRO_TIME -> "v1.MicroTime";
                case DURATION -> "v1.Duration";
                case QUANTITY -> "resource.Quantity";
                case INT_OR_STRING -> "intstr.IntOrString";
                case RAW -> "runtime.RawExtension";
                case FIELDS -> "v1.FieldsV1";
                case WRAPPED -> "[]string";
            };
        };
    }

    private static boolean isTime(String text) {
        try {
            OffsetDateTime.parse(text);
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean isBase64(String text) {
        try {
            Base64.getDecoder().decode(text.indexOf('\n') < 0 && text.indexOf('\r') < 0 ? text
                    : text.replace("\n", "").replace("\r", ""));
            return text.length() % 4 == 0 || text.indexOf('\n') >= 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int firstIllegal(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean legal = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "+/=\r\n".indexOf(c) >= 0;
            if (!legal) {
                return i;
            }
        }
        return text.length();
    }
}
