package dev.fairway.apiserver.crd.cel;

import com.google.protobuf.ByteString;
import dev.cel.common.values.NullValue;
import dev.fairway.apiserver.crd.schema.SchemaNode;
import dev.fairway.kube.GoDuration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** JSON values as CEL sees them, by their schema. */
final class CelValues {
    private CelValues() {
    }

    /** A value; {@code schema} is null where nothing is known. */
    static Object of(JsonNode value, SchemaNode schema) {
        return switch (value.getNodeType()) {
            case OBJECT, POJO -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (Map.Entry<String, JsonNode> field : value.properties()) {
                    boolean property = schema != null && schema.properties().containsKey(field.getKey());
                    SchemaNode known = schema == null ? null : schema.field(field.getKey()).orElse(null);
                    map.put(property ? CelTypes.escape(field.getKey()).orElse(field.getKey()) : field.getKey(), of(field.getValue(), known));
                }
                yield map;
            }
            case ARRAY -> {
                SchemaNode items = schema == null ? null : schema.items().orElse(null);
                List<Object> list = new ArrayList<>(value.size());
                value.forEach(each -> list.add(of(each, items)));
                yield list;
            }
            case STRING, BINARY -> schema == null ? value.stringValue() : string(value.stringValue(), schema.format());
            case NUMBER -> schema != null && schema.type().equals("number") || !value.isIntegralNumber()
                    ? (Object) value.doubleValue() : (Object) value.asLong();
            case BOOLEAN -> value.booleanValue();
            case NULL, MISSING -> NullValue.NULL_VALUE;
        };
    }

    private static Object string(String text, String format) {
        try {
            return switch (format) {
                case "date-time" -> OffsetDateTime.parse(text).toInstant();
                case "date" -> Instant.parse(text + "T00:00:00Z");
                case "duration" -> GoDuration.parse(text).map(Object.class::cast).orElse(text);
                case "byte" -> ByteString.copyFrom(Base64.getDecoder().decode(text));
                default -> text;
            };
        } catch (DateTimeParseException | IllegalArgumentException e) {
            return text;
        }
    }
}
