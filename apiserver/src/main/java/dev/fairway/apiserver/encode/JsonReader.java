package dev.fairway.apiserver.encode;

import dev.fairway.kube.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a JSON document of a client: bounded in depth and in the length of numbers, remembering duplicate fields, of
 * which the last counts, as in Go.
 */
final class JsonReader {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Json.MAX_DEPTH).maxNumberLength(100).build())
            .build()).build();
    private static final int REPORTED_DUPLICATES = 20;

    private final List<String> duplicates = new ArrayList<>();

    /**
     * The document.
     *
     * @throws JacksonException when it is not JSON, too deep, or not UTF-8
     */
    JsonNode read(byte[] bytes) {
        try (JsonParser parser = MAPPER.createParser(bytes)) {
            if (parser.nextToken() == null) {
                throw new tools.jackson.core.exc.StreamReadException(parser, "unexpected end of JSON input");
            }
            JsonNode node = value(parser, "");
            if (parser.nextToken() != null) {
                throw new tools.jackson.core.exc.StreamReadException(parser, "invalid character after top-level value");
            }
            return node;
        }
    }

    /** The fields that stood more than once in their object, worded as Kubernetes words them. */
    List<String> duplicates() {
        return duplicates;
    }

    private JsonNode value(JsonParser parser, String path) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, path);
            case START_ARRAY -> array(parser, path);
            case VALUE_STRING -> make.stringNode(parser.getString());
            case VALUE_TRUE -> make.booleanNode(true);
            case VALUE_FALSE -> make.booleanNode(false);
            case VALUE_NULL -> make.nullNode();
            case VALUE_NUMBER_INT -> switch (parser.getNumberType()) {
                case INT -> make.numberNode(parser.getIntValue());
                case LONG -> make.numberNode(parser.getLongValue());
                default -> make.numberNode(parser.getBigIntegerValue());
            };
            case VALUE_NUMBER_FLOAT -> make.numberNode(parser.getDecimalValue());
            default -> throw new tools.jackson.core.exc.StreamReadException(parser, "unexpected " + parser.currentToken());
        };
    }

    private ObjectNode object(JsonParser parser, String path) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            String fieldPath = path.isEmpty() ? field : path + "." + field;
            parser.nextToken();
            JsonNode value = value(parser, fieldPath);
            if (object.replace(field, value) != null && duplicates.size() < REPORTED_DUPLICATES) {
                duplicates.add("duplicate field \"" + fieldPath + "\"");
            }
        }
        return object;
    }

    private ArrayNode array(JsonParser parser, String path) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser, path + "[" + array.size() + "]"));
        }
        return array;
    }
}
