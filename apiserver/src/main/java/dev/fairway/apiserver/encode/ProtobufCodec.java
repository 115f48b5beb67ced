package dev.fairway.apiserver.encode;

import tools.jackson.databind.node.ObjectNode;

/** Kubernetes' protobuf envelope ({@code k8s\0} and {@code runtime.Unknown}) around the built-in kinds. */
public interface ProtobufCodec {
    /** No protobuf at all: clients fall back to JSON. */
    ProtobufCodec NONE = new ProtobufCodec() {
        @Override
        public boolean supports(String apiVersion, String kind) {
            return false;
        }

        @Override
        public byte[] encode(ObjectNode object) {
            throw new UnsupportedOperationException("protobuf");
        }

        @Override
        public ObjectNode decode(byte[] body) {
            throw new UnsupportedOperationException("protobuf");
        }
    };

    /** Whether a kind has a protobuf form. */
    boolean supports(String apiVersion, String kind);

    /** The enveloped bytes of an object that carries its apiVersion and kind. */
    byte[] encode(ObjectNode object);

    /**
     * The object of enveloped bytes, with apiVersion and kind.
     *
     * @throws IllegalArgumentException when the bytes are not what they should be
     */
    ObjectNode decode(byte[] body);
}
