package dev.fairway.schema;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Kubernetes' protobuf: the bytes {@code k8s\0}, then {@code runtime.Unknown} (typeMeta = 1 with apiVersion = 1 and
 * kind = 2; raw = 2; contentEncoding = 3; contentType = 4) around a message of the kind's type.
 */
public final class Protobuf {
    private static final byte[] MAGIC = {'k', '8', 's', 0};

    private Protobuf() {
    }

    /** Whether a kind, or the list of a kind, has a protobuf form. */
    public static boolean supports(String apiVersion, String kind) {
        return find(apiVersion, kind).isPresent() || itemKind(kind).flatMap(item -> find(apiVersion, item)).isPresent();
    }

    /**
     * The enveloped bytes of an object or list.
     *
     * @throws IllegalArgumentException when the kind has no protobuf form
     */
    public static byte[] encode(ObjectNode object) {
        String apiVersion = object.path("apiVersion").asString("");
        String kind = object.path("kind").asString("");
        ProtoWriter raw = new ProtoWriter();
        Optional<TypeDef> type = find(apiVersion, kind);
        if (type.isPresent()) {
            raw.message(type.get(), object);
        } else {
            TypeDef item = itemKind(kind).flatMap(each -> find(apiVersion, each))
                    .orElseThrow(() -> new IllegalArgumentException("no protobuf for " + apiVersion + " " + kind));
            raw.list(item, object);
        }
        ProtoWriter typeMeta = new ProtoWriter();
        typeMeta.string(1, apiVersion);
        typeMeta.string(2, kind);
        ProtoWriter unknown = new ProtoWriter();
        unknown.bytes(1, typeMeta.toByteArray());
        unknown.bytes(2, raw.toByteArray());
        unknown.string(3, "");
        unknown.string(4, "");
        ByteArrayOutputStream out = new ByteArrayOutputStream(raw.size() + 64);
        out.writeBytes(MAGIC);
        out.writeBytes(unknown.toByteArray());
        return out.toByteArray();
    }

    /**
     * The object of enveloped bytes.
     *
     * @throws IllegalArgumentException when the bytes are malformed or of an unknown kind
     */
    public static ObjectNode decode(byte[] body) {
        if (body.length < MAGIC.length || !Arrays.equals(body, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IllegalArgumentException("the body does not start with k8s\\0");
        }
        ProtoReader unknown = new ProtoReader(body, MAGIC.length, body.length);
        String apiVersion = "";
        String kind = "";
        ProtoReader raw = new ProtoReader(body, body.length, body.length);
        while (unknown.next()) {
            switch (unknown.number()) {
                case 1 -> {
                    ProtoReader meta = unknown.nested();
                    while (meta.next()) {
                        switch (meta.number()) {
                            case 1 -> apiVersion = meta.string();
                            case 2 -> kind = meta.string();
                            default -> meta.skip();
                        }
                    }
                }
                case 2 -> raw = unknown.nested();
                default -> unknown.skip();
            }
        }
        String wanted = apiVersion + " " + kind;
        TypeDef type = find(apiVersion, kind).orElseThrow(() -> new IllegalArgumentException("no kind " + wanted));
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", apiVersion).put("kind", kind);
        raw.message(type, object, 0);
        return object;
    }

    private static Optional<TypeDef> find(String apiVersion, String kind) {
        Optional<TypeDef> type = TypeTable.builtin().kind(apiVersion, kind);
        if (apiVersion.startsWith("apiextensions.k8s.io/")) {
            // its JSON schemas have a form of their own in protobuf; clients speak JSON for this kind
            return Optional.empty();
        }
        // DeleteOptions and the like are registered in every group
        return type.isPresent() ? type : TypeTable.builtin().kind("v1", kind)
                .filter(common -> common.name().startsWith("meta/") && !common.simpleName().equals("Status"));
    }

    private static Optional<String> itemKind(String kind) {
        return kind.endsWith("List") ? Optional.of(kind.substring(0, kind.length() - 4)) : Optional.empty();
    }
}
