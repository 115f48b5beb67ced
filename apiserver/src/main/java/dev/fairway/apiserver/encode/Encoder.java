package dev.fairway.apiserver.encode;

import dev.fairway.apiserver.encode.Accepted.View;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.storage.StoredObject;
import dev.fairway.kube.Json;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes stored objects of one resource in the form one client asked for. */
public final class Encoder {
    private final ResourceDefinition resource;
    private final String version;
    private final Accepted accepted;
    private final String include;
    private final ProtobufCodec protobuf;
    private final Instant now;
    private final byte[] storedPrefix;

    /**
     * @param include what table rows carry of their object: None, Metadata or Object
     * @param now     what ages in tables are counted to
     */
    public Encoder(ResourceDefinition resource, String version, Accepted accepted, String include,
                   ProtobufCodec protobuf, Instant now) {
        this.resource = resource;
        this.version = version;
        this.accepted = accepted;
        this.include = include;
        this.protobuf = protobuf;
        this.now = now;
        // Neither has a character that JSON would escape.
        this.storedPrefix = ("{\"kind\":\"" + resource.kind() + "\",\"apiVersion\":\"" + resource.apiVersion(version) + "\",")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The media type of whole answers. */
    public String contentType() {
        return accepted.format().mediaType();
    }

    /** The media type of a watch. */
    public String streamContentType() {
        return accepted.format() == Format.JSON ? "application/json" : accepted.format().mediaType() + ";stream=watch";
    }

    /** Names what this encoder makes of an event, so that watchers who ask for the same share the bytes. */
    public String frameKey(String type, boolean first) {
        return type + '|' + resource.group() + '|' + version + '|' + accepted + '|' + include + (first ? "|first" : "");
    }

    private boolean storedFits(StoredObject object) {
        byte[] value = object.value();
        return accepted.format() == Format.JSON && accepted.view() == View.OBJECT && value.length > storedPrefix.length
                && !object.refits()
                && Arrays.equals(value, 0, storedPrefix.length, storedPrefix, 0, storedPrefix.length);
    }

    /** One object as the body of an answer. */
    public byte[] object(StoredObject object) {
        if (storedFits(object) && !accepted.pretty()) {
            return object.toJson();
        }
        return bytes(view(tree(object)));
    }

    /** A tree that is no stored object, such as a Scale, in the client's format. */
    public byte[] bytes(ObjectNode tree) {
        return switch (accepted.format()) {
            case JSON -> accepted.pretty()
                    ? Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(tree) : Json.bytes((JsonNode) tree);
            case YAML -> Yaml.write(tree);
            case PROTOBUF -> protobuf.encode(tree);
        };
    }

    private ObjectNode tree(StoredObject object) {
        return Conversions.convert(object.toTree(), resource, version);
    }

    private ObjectNode view(ObjectNode tree) {
        return switch (accepted.view()) {
            case OBJECT -> tree;
            case PARTIAL -> Views.partial(tree, accepted.version());
            case TABLE -> {
                ObjectNode table = Views.table(accepted.version());
                ObjectNode meta = table.putObject("metadata");
                meta.set("resourceVersion", tree.path("metadata").get("resourceVersion"));
                Views.columns(table, resource.printer().apply(version));
                table.putArray("rows").add(row(tree));
                yield table;
            }
        };
    }

    private ObjectNode row(ObjectNode tree) {
        return Views.row(tree, resource.printer().apply(version), now, include, accepted.version());
    }

    /** Whether a list is made of objects as they are stored, and not by parsing them all. */
    public boolean listsAsStored() {
        return accepted.format() == Format.JSON && accepted.view() == View.OBJECT && !accepted.pretty();
    }

    /** A list as the body of an answer, in pieces. */
    public List<byte[]> list(List<StoredObject> objects, ListMeta meta) {
        if (listsAsStored()) {
            return jsonList(objects, meta);
        }
        ObjectNode list = switch (accepted.view()) {
            case OBJECT -> Json.object().put("kind", resource.listKind())
                    .put("apiVersion", resource.apiVersion(version));
            case PARTIAL -> Json.object().put("kind", "PartialObjectMetadataList")
                    .put("apiVersion", "meta.k8s.io/" + accepted.version());
            case TABLE -> Views.table(accepted.version());
        };
        list.set("metadata", meta.toJson());
        if (accepted.view() == View.TABLE) {
            Views.columns(list, resource.printer().apply(version));
        }
        ArrayNode items = list.putArray(accepted.view() == View.TABLE ? "rows" : "items");
        for (StoredObject object : objects) {
            items.add(switch (accepted.view()) {
                case OBJECT -> tree(object);
                case PARTIAL -> Views.partial(tree(object), accepted.version());
                case TABLE -> row(tree(object));
            });
        }
        return List.of(bytes(list));
    }

    private List<byte[]> jsonList(List<StoredObject> objects, ListMeta meta) {
        ObjectNode head = Json.object().put("kind", resource.listKind())
                .put("apiVersion", resource.apiVersion(version));
        head.set("metadata", meta.toJson());
        head.putArray("items");
        byte[] start = Json.bytes((JsonNode) head);
        return new ListPieces(Arrays.copyOf(start, start.length - 2), objects, this::storedFits,
                object -> Json.bytes((JsonNode) tree(object)));
    }

    /**
     * One frame of a watch.
     *
     * @param type  ADDED, MODIFIED or DELETED
     * @param first whether it is the watch's first frame, which alone carries the columns of a Table
     */
    public byte[] frame(String type, StoredObject object, boolean first) {
        if (storedFits(object)) {
            return jsonFrame(type, object.toJson());
        }
        ObjectNode view = view(tree(object));
        if (accepted.view() == View.TABLE && !first) {
            view.putArray("columnDefinitions");
        }
        return frame(type, view);
    }

    /** The frame of a bookmark. */
    public byte[] bookmark(long revision, boolean initialEventsEnd, boolean first) {
        ObjectNode object = Json.object();
        object.put("kind", resource.kind()).put("apiVersion", resource.apiVersion(version));
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("resourceVersion", Long.toString(revision)).putNull("creationTimestamp");
        if (initialEventsEnd) {
            metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
        }
        if (accepted.view() == View.OBJECT) {
            return frame("BOOKMARK", object);
        }
        ObjectNode view = view(object);
        if (accepted.view() == View.TABLE && !first) {
            view.putArray("columnDefinitions");
        }
        return frame("BOOKMARK", view);
    }

    /** The frame of any object that is in the client's version already, such as a Status. */
    public byte[] frame(String type, ObjectNode object) {
        return switch (accepted.format()) {
            case JSON -> jsonFrame(type, Json.bytes((JsonNode) object));
            case YAML -> {
                ObjectNode event = Json.object().put("type", type);
                event.set("object", object);
                byte[] yaml = Yaml.write(event);
                byte[] frame = Arrays.copyOf(yaml, yaml.length + 4);
                System.arraycopy("---\n".getBytes(StandardCharsets.US_ASCII), 0, frame, yaml.length, 4);
                yield frame;
            }
            case PROTOBUF -> protobufFrame(type, protobuf.encode(object));
        };
    }

    private static byte[] jsonFrame(String type, byte[] object) {
        byte[] head = ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[head.length + object.length + 2];
        System.arraycopy(head, 0, frame, 0, head.length);
        System.arraycopy(object, 0, frame, head.length, object.length);
        frame[frame.length - 2] = '}';
        frame[frame.length - 1] = '\n';
        return frame;
    }

    /** A length (4 bytes, big-endian), then meta.v1.WatchEvent: type = 1, object = 2 (RawExtension: raw = 1). */
    private static byte[] protobufFrame(String type, byte[] object) {
        ByteArrayOutputStream raw = new ByteArrayOutputStream(object.length + 16);
        field(raw, 1, object);
        ByteArrayOutputStream event = new ByteArrayOutputStream(object.length + 32);
        field(event, 1, type.getBytes(StandardCharsets.US_ASCII));
        field(event, 2, raw.toByteArray());
        byte[] message = event.toByteArray();
        return ByteBuffer.allocate(4 + message.length).putInt(message.length).put(message).array();
    }

    private static void field(ByteArrayOutputStream out, int number, byte[] bytes) {
        out.write(number << 3 | 2);
        int length = bytes.length;
        while (length > 0x7f) {
            out.write(length & 0x7f | 0x80);
            length >>>= 7;
        }
        out.write(length);
        out.writeBytes(bytes);
    }
}
