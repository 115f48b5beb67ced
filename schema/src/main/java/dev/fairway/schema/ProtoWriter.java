package dev.fairway.schema;

import dev.fairway.kube.GoDuration;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes JSON trees as protobuf messages of their types. */
final class ProtoWriter {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

    byte[] toByteArray() {
        return out.toByteArray();
    }

    int size() {
        return out.size();
    }

    void string(int number, String value) {
        bytes(number, value.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(int number, byte[] value) {
        tag(number, LENGTH);
        varint(value.length);
        out.writeBytes(value);
    }

    void integer(int number, long value) {
        tag(number, VARINT);
        varint(value);
    }

    private void tag(int number, int wireType) {
        varint((long) number << 3 | wireType);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    void message(TypeDef type, ObjectNode object) {
        for (Field field : type.fields()) {
            if (field.inline() && field.shape() instanceof Shape.Message(String name)) {
                ProtoWriter nested = new ProtoWriter();
                nested.message(TypeTable.builtin().require(name), object);
                bytes(field.number(), nested.toByteArray());
            } else {
                JsonNode value = object.get(field.name());
                if (value != null && !value.isNull() && field.number() > 0) {
                    value(field.number(), field.shape(), value);
                }
            }
        }
    }

    /** {@code metadata} = 1 (ListMeta), {@code items} = 2. */
    void list(TypeDef itemType, ObjectNode list) {
        ProtoWriter meta = new ProtoWriter();
        meta.string(1, "");
        meta.string(2, list.path("metadata").path("resourceVersion").asString(""));
        meta.string(3, list.path("metadata").path("continue").asString(""));
        if (list.path("metadata").has("remainingItemCount")) {
            meta.integer(4, list.path("metadata").path("remainingItemCount").asLong());
        }
        bytes(1, meta.toByteArray());
        for (JsonNode item : list.path("items")) {
            ProtoWriter nested = new ProtoWriter();
            nested.message(itemType, (ObjectNode) item);
            bytes(2, nested.toByteArray());
        }
    }

    private void value(int number, Shape shape, JsonNode value) {
        switch (shape) {
            case Shape.Message(String name) -> {
                if (value instanceof ObjectNode object) {
                    ProtoWriter nested = new ProtoWriter();
                    nested.message(TypeTable.builtin().require(name), object);
                    bytes(number, nested.toByteArray());
                }
            }
            case Shape.ListOf(Shape element) -> value.forEach(each -> value(number, element, each));
            case Shape.MapOf(Shape element) -> {
                for (Map.Entry<String, JsonNode> each : value.properties()) {
                    ProtoWriter entry = new ProtoWriter();
                    entry.string(1, each.getKey());
                    entry.value(2, element, each.getValue());
                    bytes(number, entry.toByteArray());
                }
            }
            case Shape.EnumOf ignored -> string(number, value.asString(""));
            case Shape.Scalar scalar -> scalar(number, scalar, value);
        }
    }

    private void scalar(int number, Shape.Scalar scalar, JsonNode value) {
        switch (scalar) {
            case STRING -> string(number, value.asString(""));
            case BOOL -> integer(number, value.asBoolean(false) ? 1 : 0);
            case INT32, INT64 -> integer(number, value.asLong(0));
            case DOUBLE -> {
                tag(number, FIXED64);
                long bits = Double.doubleToLongBits(value.asDouble(0));
                for (int i = 0; i < 8; i++) {
                    out.write((int) (bits >>> 8 * i));
                }
            }
            case BYTES -> bytes(number, Base64.getMimeDecoder().decode(value.asString("")));
            case TIME, MICRO_TIME -> time(number, OffsetDateTime.parse(value.asString("")).toInstant());
            case DURATION -> {
                ProtoWriter nested = new ProtoWriter();
                nested.integer(1, GoDuration.parse(value.asString("")).map(Duration::toNanos).orElse(0L));
                bytes(number, nested.toByteArray());
            }
            case QUANTITY -> {
                ProtoWriter nested = new ProtoWriter();
                nested.string(1, value.asString(""));
                bytes(number, nested.toByteArray());
            }
            case INT_OR_STRING -> {
                ProtoWriter nested = new ProtoWriter();
                nested.integer(1, value.isString() ? 1 : 0);
                nested.integer(2, value.isString() ? 0 : value.asLong(0));
                nested.string(3, value.isString() ? value.stringValue() : "");
                bytes(number, nested.toByteArray());
            }
            case RAW, FIELDS -> {
                ProtoWriter nested = new ProtoWriter();
                nested.bytes(1, JSON.writeValueAsBytes(value));
                bytes(number, nested.toByteArray());
            }
            case WRAPPED -> {
                ProtoWriter nested = new ProtoWriter();
                value.forEach(each -> nested.string(1, each.asString("")));
                bytes(number, nested.toByteArray());
            }
        }
    }

    private void time(int number, Instant instant) {
        ProtoWriter nested = new ProtoWriter();
        nested.integer(1, instant.getEpochSecond());
        nested.integer(2, instant.getNano());
        bytes(number, nested.toByteArray());
    }
}
