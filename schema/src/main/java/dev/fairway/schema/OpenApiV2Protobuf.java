package dev.fairway.schema;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An OpenAPI v2 document in protobuf, as {@code openapi.v2.Document} of the gnostic project defines it: what older
 * kubectl reads. Only what our documents use is written.
 */
public final class OpenApiV2Protobuf {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Map<String, Integer> METHODS =
            Map.of("get", 2, "put", 3, "post", 4, "delete", 5, "options", 6, "head", 7, "patch", 8);

    private OpenApiV2Protobuf() {
    }

    /** The bytes of a document. */
    public static byte[] encode(JsonNode document) {
        ProtoWriter out = new ProtoWriter();
        out.string(1, document.path("swagger").asString("2.0"));
        ProtoWriter info = new ProtoWriter();
        info.string(1, document.path("info").path("title").asString(""));
        info.string(2, document.path("info").path("version").asString(""));
        out.bytes(2, info.toByteArray());
        ProtoWriter paths = new ProtoWriter();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            paths.bytes(2, named(path.getKey(), pathItem(path.getValue())));
        }
        out.bytes(8, paths.toByteArray());
        ProtoWriter definitions = new ProtoWriter();
        for (Map.Entry<String, JsonNode> definition : document.path("definitions").properties()) {
            definitions.bytes(1, named(definition.getKey(), schema(definition.getValue())));
        }
        out.bytes(9, definitions.toByteArray());
        return out.toByteArray();
    }

    private static byte[] named(String name, byte[] value) {
        ProtoWriter out = new ProtoWriter();
        out.string(1, name);
        out.bytes(2, value);
        return out.toByteArray();
    }

    private static byte[] pathItem(JsonNode item) {
        ProtoWriter out = new ProtoWriter();
        for (Map.Entry<String, JsonNode> method : item.properties()) {
            Integer number = METHODS.get(method.getKey());
            if (number != null) {
                out.bytes(number, operation(method.getValue()));
            }
        }
        return out.toByteArray();
    }

    private static byte[] operation(JsonNode operation) {
        ProtoWriter out = new ProtoWriter();
        out.string(5, operation.path("operationId").asString(""));
        for (JsonNode parameter : operation.path("parameters")) {
            if (parameter.path("in").asString("").equals("query")) {
                ProtoWriter query = new ProtoWriter();
                query.string(2, "query");
                query.string(4, parameter.path("name").asString(""));
                query.string(6, parameter.path("type").asString(""));
                out.bytes(8, wrap(1, wrap(2, wrap(3, query.toByteArray()))));
            }
        }
        ProtoWriter response = new ProtoWriter();
        response.string(1, "OK");
        out.bytes(9, wrap(1, named("200", wrap(1, response.toByteArray()))));
        extensions(out, 13, operation);
        return out.toByteArray();
    }

    private static byte[] wrap(int number, byte[] content) {
        ProtoWriter out = new ProtoWriter();
        out.bytes(number, content);
        return out.toByteArray();
    }

    private static void extensions(ProtoWriter out, int number, JsonNode node) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (field.getKey().startsWith("x-")) {
                out.bytes(number, named(field.getKey(), any(field.getValue())));
            }
        }
    }

    /** JSON is YAML: that is how gnostic carries values. */
    private static byte[] any(JsonNode value) {
        ProtoWriter out = new ProtoWriter();
        out.string(2, JSON.writeValueAsString(value) + "\n");
        return out.toByteArray();
    }

    private static byte[] schema(JsonNode schema) {
        ProtoWriter out = new ProtoWriter();
        for (Map.Entry<String, JsonNode> field : schema.properties()) {
            JsonNode value = field.getValue();
            switch (field.getKey()) {
                case "$ref" -> out.string(1, value.asString(""));
                case "format" -> out.string(2, value.asString(""));
                case "description" -> out.string(4, value.asString(""));
                case "default" -> out.bytes(5, any(value));
                case "required" -> value.forEach(name -> out.string(19, name.asString("")));
                case "enum" -> value.forEach(each -> out.bytes(20, any(each)));
                case "additionalProperties" -> {
                    if (value.isBoolean()) {
                        ProtoWriter item = new ProtoWriter();
                        item.integer(2, value.asBoolean() ? 1 : 0);
                        out.bytes(21, item.toByteArray());
                    } else {
                        out.bytes(21, wrap(1, schema(value)));
                    }
                }
                case "type" -> out.bytes(22, wrap(1, value.asString("").getBytes(java.nio.charset.StandardCharsets.UTF_8)));
                case "items" -> out.bytes(23, wrap(1, schema(value)));
                case "properties" -> {
                    ProtoWriter properties = new ProtoWriter();
                    for (Map.Entry<String, JsonNode> property : value.properties()) {
                        properties.bytes(1, named(property.getKey(), schema(property.getValue())));
                    }
                    out.bytes(25, properties.toByteArray());
                }
                default -> {
                    // extensions follow; our documents use no other words
                }
            }
        }
        extensions(out, 31, schema);
        return out.toByteArray();
    }
}
