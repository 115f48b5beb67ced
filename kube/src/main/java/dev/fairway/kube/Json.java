package dev.fairway.kube;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The one JSON mapper of Fairway: strict on duplicate keys, bounded in depth. */
public final class Json {
    /** Deepest nesting accepted, in levels; far above what any Kubernetes kind needs. */
    public static final int MAX_DEPTH = 200;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private Json() {}

    public static JsonMapper mapper() {
        return MAPPER;
    }

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /**
     * Parses one JSON object.
     *
     * @throws tools.jackson.core.JacksonException if the bytes are not JSON, or the top level is not an object
     */
    public static ObjectNode parseObject(byte[] json) {
        JsonNode node = MAPPER.readTree(json);
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw tools.jackson.databind.DatabindException.from((tools.jackson.core.JsonParser) null, "not a JSON object");
    }

    /** Parses one JSON object from text; errors as {@link #parseObject(byte[])}. */
    public static ObjectNode parseObject(String json) {
        return parseObject(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }
}
