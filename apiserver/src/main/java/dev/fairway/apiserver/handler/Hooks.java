package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.apply.FieldManagement;
import dev.fairway.apiserver.apply.ServerSideApply;
import dev.fairway.apiserver.builtin.ApplyShape;
import dev.fairway.apiserver.builtin.BuiltinProtobuf;
import dev.fairway.apiserver.builtin.BuiltinSchema;
import dev.fairway.apiserver.encode.ProtobufCodec;
import dev.fairway.apiserver.pods.PodLogs;
import dev.fairway.apiserver.registry.Admission;
import dev.fairway.apiserver.registry.ObjectSchema;
import dev.fairway.apiserver.registry.ResourceDefinition;
import java.util.List;
import java.util.function.BiFunction;

/**
 * What the verbs are told by other parts.
 *
 * @param schemas   the schema of a kind in a version
 * @param protobuf  the protobuf form of the built-in kinds
 * @param fields    field ownership and server-side apply
 * @param logs      where container logs come from
 * @param admission what looks at every write across kinds, in order
 */
public record Hooks(BiFunction<ResourceDefinition, String, ObjectSchema> schemas, ProtobufCodec protobuf,
                    FieldManagement fields, PodLogs logs, List<Admission> admission) {

    /** The built-in kinds' schema, and nothing else beside the machinery itself. */
    public static final Hooks BUILTIN = new Hooks((resource, version) ->
            BuiltinSchema.of(resource.apiVersion(version), resource.kind()).orElse(ObjectSchema.NONE),
            new BuiltinProtobuf(), new ServerSideApply(ApplyShape::of), PodLogs.NONE, List.of());

    public Hooks {
        admission = List.copyOf(admission);
    }

    public Hooks withSchemas(BiFunction<ResourceDefinition, String, ObjectSchema> other) {
        return new Hooks(other, protobuf, fields, logs, admission);
    }

    public Hooks withProtobuf(ProtobufCodec other) {
        return new Hooks(schemas, other, fields, logs, admission);
    }

    public Hooks withFields(FieldManagement other) {
        return new Hooks(schemas, protobuf, other, logs, admission);
    }

    public Hooks withLogs(PodLogs other) {
        return new Hooks(schemas, protobuf, fields, other, admission);
    }

    public Hooks withAdmission(List<Admission> other) {
        return new Hooks(schemas, protobuf, fields, logs, other);
    }
}
