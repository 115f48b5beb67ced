package dev.fairway.schema;

import dev.fairway.kube.GoDuration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads protobuf messages into JSON trees by their types. Errors are {@link IllegalArgumentException}. */
final class ProtoReader {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final int MAX_DEPTH = 100;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int number;
    private int wireType;

    ProtoReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /** Goes to the next field; false at the end. */
    boolean next() {
        if (at >= end) {
            return false;
        }
        long tag = varint();
        number = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (number <= 0) {
            throw new IllegalArgumentException("illegal protobuf tag " + number);
        }
        return true;
    }

    int number() {
        return number;
    }

    String string() {
        ProtoReader range = nested();
        return new String(bytes, range.at, range.end - range.at, StandardCharsets.UTF_8);
    }

    private byte[] byteString() {
        ProtoReader range = nested();
        return Arrays.copyOfRange(bytes, range.at, range.end);
    }

    /** The field's content as a message of its own. */
    ProtoReader nested() {
        if (wireType != 2) {
            throw new IllegalArgumentException("wrong protobuf wire type " + wireType + " of field " + number);
        }
        long length = varint();
        if (length < 0 || length > end - at) {
            throw new IllegalArgumentException("protobuf field " + number + " is longer than its message");
        }
        ProtoReader reader = new ProtoReader(bytes, at, at + (int) length);
        at += (int) length;
        return reader;
    }

    private long integer() {
        if (wireType != 0) {
            throw new IllegalArgumentException("wrong protobuf wire type " + wireType + " of field " + number);
        }
        return varint();
    }

    private double fixed() {
        if (wireType != 1 || end - at < 8) {
            throw new IllegalArgumentException("wrong protobuf wire type " + wireType + " of field " + number);
        }
        long bits = 0;
        for (int i = 0; i < 8; i++) {
            bits |= (bytes[at++] & 0xffL) << 8 * i;
        }
        return Double.longBitsToDouble(bits);
    }

    void skip() {
        switch (wireType) {
            case 0 -> varint();
            case 1 -> advance(8);
            case 2 -> nested();
            case 5 -> advance(4);
            default -> throw new IllegalArgumentException("unknown protobuf wire type " + wireType);
        }
    }

    private void advance(int count) {
        if (end - at < count) {
            throw new IllegalArgumentException("protobuf message ends early");
        }
        at += count;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= end) {
                throw new IllegalArgumentException("protobuf message ends early");
            }
            byte next = bytes[at++];
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("protobuf number is too long");
    }

    /** Reads all fields into an object; zero values that Go's JSON leaves out are left out. */
    void message(TypeDef type, ObjectNode object, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("protobuf message is nested too deeply");
        }
        while (next()) {
            Field field = type.byNumber().get(number);
            if (field == null) {
                skip();
            } else if (field.inline() && field.shape() instanceof Shape.Message(String name)) {
                nested().message(TypeTable.builtin().require(name), object, depth + 1);
            } else {
                field(field, object, depth);
            }
        }
    }

    private void field(Field field, ObjectNode object, int depth) {
        switch (field.shape()) {
            case Shape.ListOf(Shape element) -> {
                ArrayNode list = object.get(field.name()) instanceof ArrayNode existing ? existing : object.putArray(field.name());
                JsonNode value = value(element, depth);
                list.add(value == null ? MAKE.nullNode() : value);
            }
            case Shape.MapOf(Shape valueShape) -> {
                ObjectNode map = object.get(field.name()) instanceof ObjectNode existing ? existing : object.putObject(field.name());
                ProtoReader entry = nested();
                String key = "";
                JsonNode value = null;
                while (entry.next()) {
                    switch (entry.number) {
                        case 1 -> key = entry.string();
                        case 2 -> value = entry.value(valueShape, depth);
                        default -> entry.skip();
                    }
                }
                map.set(key, value == null ? MAKE.stringNode("") : value);
            }
            case Shape.Message ignored -> {
                JsonNode value = value(field.shape(), depth);
                if (field.pointer() || !value.isEmpty()) {
                    object.set(field.name(), value);
                }
            }
            case Shape.EnumOf ignored -> put(field, object, value(field.shape(), depth));
            case Shape.Scalar ignored -> put(field, object, value(field.shape(), depth));
        }
    }

    private static void put(Field field, ObjectNode object, JsonNode value) {
        if (value == null) {
            return;
        }
        boolean zero = value.isString() && value.stringValue().isEmpty() || value.isNumber() && value.asDouble() == 0
                || value.isBoolean() && !value.booleanValue();
        boolean keptZero = field.pointer() || field.written() || field.shape() == Shape.Scalar.INT_OR_STRING;
        if (!zero || keptZero) {
            object.set(field.name(), value);
        }
    }

    private JsonNode value(Shape shape, int depth) {
        return switch (shape) {
            case Shape.Message(String name) -> {
                ObjectNode object = MAKE.objectNode();
                nested().message(TypeTable.builtin().require(name), object, depth + 1);
                yield object;
            }
            case Shape.EnumOf ignored -> MAKE.stringNode(string());
            case Shape.Scalar scalar -> scalar(scalar);
            case Shape.ListOf ignored -> throw new IllegalArgumentException("a list inside a list");
            case Shape.MapOf ignored -> throw new IllegalArgumentException("a map inside a list");
        };
    }

    private JsonNode scalar(Shape.Scalar scalar) {
        return switch (scalar) {
            case STRING -> MAKE.stringNode(string());
            case BOOL -> MAKE.booleanNode(integer() != 0);
            case INT32 -> MAKE.numberNode((int) integer());
            case INT64 -> MAKE.numberNode(integer());
            case DOUBLE -> MAKE.numberNode(fixed());
            case BYTES -> MAKE.stringNode(Base64.getEncoder().encodeToString(byteString()));
            case TIME -> time(false);
            case MICRO_TIME -> time(true);
            case DURATION -> {
                ProtoReader nested = nested();
                long nanos = 0;
                while (nested.next()) {
                    if (nested.number == 1) {
                        nanos = nested.integer();
                    } else {
                        nested.skip();
                    }
                }
                yield MAKE.stringNode(GoDuration.format(Duration.ofNanos(nanos)));
            }
            case QUANTITY -> {
                ProtoReader nested = nested();
                String text = "";
                while (nested.next()) {
                    if (nested.number == 1) {
                        text = nested.string();
                    } else {
                        nested.skip();
                    }
                }
                yield MAKE.stringNode(text);
            }
            case INT_OR_STRING -> intOrString(nested());
            case RAW, FIELDS -> raw(nested());
            case WRAPPED -> {
                ProtoReader nested = nested();
                ArrayNode list = MAKE.arrayNode();
                while (nested.next()) {
                    list.add(nested.string());
                }
                yield list;
            }
        };
    }

    private JsonNode time(boolean micros) {
        ProtoReader nested = nested();
        long seconds = 0;
        long nanos = 0;
        while (nested.next()) {
            switch (nested.number) {
                case 1 -> seconds = nested.integer();
                case 2 -> nanos = nested.integer();
                default -> nested.skip();
            }
        }
        if (seconds == 0 && nanos == 0) {
            return null;
        }
        try {
            Instant instant = Instant.ofEpochSecond(seconds, nanos);
            return MAKE.stringNode(micros ? MICROS.format(instant) : instant.truncatedTo(ChronoUnit.SECONDS).toString());
        } catch (java.time.DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("protobuf time out of range", e);
        }
    }

    private static JsonNode intOrString(ProtoReader nested) {
        long type = 0;
        int number = 0;
        String text = "";
        while (nested.next()) {
            switch (nested.number) {
                case 1 -> type = nested.integer();
                case 2 -> number = (int) nested.integer();
                case 3 -> text = nested.string();
                default -> nested.skip();
            }
        }
        return type == 1 ? MAKE.stringNode(text) : MAKE.numberNode(number);
    }

    private static JsonNode raw(ProtoReader nested) {
        byte[] json = {};
        while (nested.next()) {
            if (nested.number == 1) {
                json = nested.byteString();
            } else {
                nested.skip();
            }
        }
        if (json.length == 0) {
            return null;
        }
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("embedded JSON: " + e.getOriginalMessage(), e);
        }
    }
}
