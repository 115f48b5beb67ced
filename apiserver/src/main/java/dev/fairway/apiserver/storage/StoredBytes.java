package dev.fairway.apiserver.storage;

import dev.fairway.kube.Json;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The layout of stored bytes: {@code {"kind":…,"apiVersion":…,"metadata":{…},…}} without resourceVersion. Kind and
 * version come first and metadata follows, so that the resourceVersion can be put in without parsing.
 */
public final class StoredBytes {
    private static final byte[] METADATA = "\"metadata\":{".getBytes(StandardCharsets.US_ASCII);

    private StoredBytes() {
    }

    /** The bytes to store; the tree is not changed. */
    public static byte[] of(ObjectNode object) {
        ObjectNode ordered = Json.object();
        ordered.set("kind", object.get("kind"));
        ordered.set("apiVersion", object.get("apiVersion"));
        ObjectNode metadata = Json.object();
        for (var field : object.path("metadata").properties()) {
            if (!field.getKey().equals("resourceVersion") && !field.getKey().equals("selfLink")) {
                metadata.set(field.getKey(), field.getValue());
            }
        }
        ordered.set("metadata", metadata);
        for (var field : object.properties()) {
            if (!ordered.has(field.getKey())) {
                ordered.set(field.getKey(), field.getValue());
            }
        }
        return Json.bytes((JsonNode) ordered);
    }

    /** A copy with {@code "resourceVersion":"…"} as the first field of metadata; revision 0 puts nothing in. */
    static byte[] withResourceVersion(byte[] value, long revision) {
        if (revision == 0) {
            return value;
        }
        int at = metadataStart(value);
        byte[] field = field(value, at, revision);
        byte[] all = new byte[value.length + field.length];
        System.arraycopy(value, 0, all, 0, at);
        System.arraycopy(field, 0, all, at, field.length);
        System.arraycopy(value, at, all, at + field.length, value.length - at);
        return all;
    }

    /** How many bytes {@link #withResourceVersion} gives. */
    static int lengthWithResourceVersion(byte[] value, long revision) {
        return revision == 0 ? value.length : value.length + field(value, metadataStart(value), revision).length;
    }

    private static byte[] field(byte[] value, int at, long revision) {
        return ("\"resourceVersion\":\"" + revision + (value[at] == '}' ? "\"" : "\",")).getBytes(StandardCharsets.US_ASCII);
    }

    private static int metadataStart(byte[] value) {
        int last = Math.min(value.length - METADATA.length, 1024);
        for (int i = 0; i <= last; i++) {
            if (value[i] == '"' && java.util.Arrays.equals(value, i, i + METADATA.length, METADATA, 0, METADATA.length)) {
                return i + METADATA.length;
            }
        }
        throw new IllegalStateException("stored bytes without metadata");
    }
}
