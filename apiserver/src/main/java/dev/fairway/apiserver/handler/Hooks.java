package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.apply.FieldManagement;
import dev.fairway.apiserver.apply.ServerSideApply;
import dev.fairway.apiserver.typed.BuiltinProtobuf;
import dev.fairway.apiserver.encode.ProtobufCodec;
import dev.fairway.apiserver.pods.PodLogs;
import dev.fairway.apiserver.registry.Admission;
import java.util.List;

/**
 * What the verbs are told by other parts.
 *
 * @param protobuf  the protobuf form of the built-in kinds
 * @param fields    field ownership and server-side apply
 * @param logs      where container logs come from
 * @param admission what looks at every write across kinds, in order
 */
public record Hooks(ProtobufCodec protobuf, FieldManagement fields, PodLogs logs, List<Admission> admission) {

    /** The built-in kinds' schema, and nothing else beside the machinery itself. */
    public static final Hooks BUILTIN = new Hooks(new BuiltinProtobuf(), new ServerSideApply(target ->
            target.resource().schemas().apply(target.version()).applyShape()), PodLogs.NONE,
            List.of());

    public Hooks {
        admission = List.copyOf(admission);
    }

    public Hooks withProtobuf(ProtobufCodec other) {
        return new Hooks(other, fields, logs, admission);
    }

    public Hooks withFields(FieldManagement other) {
        return new Hooks(protobuf, other, logs, admission);
    }

    public Hooks withLogs(PodLogs other) {
        return new Hooks(protobuf, fields, other, admission);
    }

    public Hooks withAdmission(List<Admission> other) {
        return new Hooks(protobuf, fields, logs, other);
    }
}
