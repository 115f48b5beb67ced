package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.apply.FieldManagement;
import dev.fairway.apiserver.apply.ServerSideApply;
import dev.fairway.apiserver.typed.BuiltinProtobuf;
import dev.fairway.apiserver.encode.ProtobufCodec;
import dev.fairway.apiserver.pods.PodLogs;

/**
 * What the verbs are told by other parts.
 *
 * @param protobuf the protobuf form of the built-in kinds
 * @param fields   field ownership and server-side apply
 * @param logs     where container logs come from
 */
public record Hooks(ProtobufCodec protobuf, FieldManagement fields, PodLogs logs) {

    /** The built-in kinds' schema, and nothing else beside the machinery itself. */
    public static final Hooks BUILTIN = new Hooks(new BuiltinProtobuf(), new ServerSideApply(target ->
            target.resource().schemas().apply(target.version()).applyShape()), PodLogs.NONE);

    public Hooks withLogs(PodLogs other) {
        return new Hooks(protobuf, fields, other);
    }
}
