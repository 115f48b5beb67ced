package dev.fairway.controllers.runtime;

import dev.fairway.kube.Json;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Short hashes of templates that go into object names: FNV-1a of 32 bits, its decimal digits mapped onto letters
 * that form no words (apimachinery's {@code rand.SafeEncodeString}).
 */
public final class TemplateHash {
    private static final String SAFE = "bcdfghjklmnpqrstvwxz2456789";
    private static final int FNV_OFFSET = 0x811c9dc5;
    private static final int FNV_PRIME = 0x01000193;

    private TemplateHash() {}

    /**
     * The hash of a tree, whatever the order of its fields.
     *
     * @param collisions how many other objects were found under the names of earlier tries; 0 for none
     */
    public static String of(JsonNode tree, int collisions) {
        int hash = FNV_OFFSET;
        for (byte b : Json.bytes(canonical(tree))) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        if (collisions > 0) {
            for (int shift = 0; shift < 32; shift += 8) {
                hash = (hash ^ (collisions >>> shift & 0xff)) * FNV_PRIME;
            }
        }
        StringBuilder text = new StringBuilder();
        Integer.toUnsignedString(hash).chars().forEach(c -> text.append(SAFE.charAt(c % SAFE.length())));
        return text.toString();
    }

    /** Fields sorted, nulls left out: what means the same looks the same. */
    public static JsonNode canonical(JsonNode node) {
        if (node instanceof ObjectNode object) {
            TreeMap<String, JsonNode> sorted = new TreeMap<>();
            object.properties().forEach(field -> {
                if (!field.getValue().isNull()) {
                    sorted.put(field.getKey(), canonical(field.getValue()));
                }
            });
            ObjectNode result = Json.object();
            sorted.forEach(result::set);
            return result;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode result = Json.mapper().createArrayNode();
            array.forEach(item -> result.add(canonical(item)));
            return result;
        }
        return node;
    }
}
