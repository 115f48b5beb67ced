package dev.fairway.apiserver.typed;

import dev.fairway.apiserver.encode.ProtobufCodec;
import dev.fairway.schema.Protobuf;
import tools.jackson.databind.node.ObjectNode;

/** Protobuf by the built-in types. */
public final class BuiltinProtobuf implements ProtobufCodec {
    @Override
    public boolean supports(String apiVersion, String kind) {
        return Protobuf.supports(apiVersion, kind);
    }

    @Override
    public byte[] encode(ObjectNode object) {
        return Protobuf.encode(object);
    }

    @Override
    public ObjectNode decode(byte[] body) {
        return Protobuf.decode(body);
    }
}
