package dev.fairway.apiserver.typed;

import dev.fairway.apiserver.registry.ObjectSchema;
import dev.fairway.apiserver.registry.PatchSchema;
import dev.fairway.schema.Decoding;
import dev.fairway.schema.FieldError;
import dev.fairway.schema.TypeDef;
import dev.fairway.schema.TypeTable;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The schema of one built-in kind. */
public final class BuiltinSchema implements ObjectSchema {
    private final TypeDef type;

    private BuiltinSchema(TypeDef type) {
        this.type = type;
    }

    /** The schema of a kind; empty when it is not built in. */
    public static Optional<ObjectSchema> of(String apiVersion, String kind) {
        return TypeTable.builtin().kind(apiVersion, kind).map(BuiltinSchema::new);
    }

    @Override
    public List<String> decode(ObjectNode object) {
        return Decoding.clean(TypeTable.builtin(), type, object);
    }

    @Override
    public void defaults(ObjectNode object) {
        // the kinds' strategies fill in what is left out
    }

    @Override
    public List<FieldError> validate(ObjectNode object, ObjectNode old) {
        return List.of();
    }

    @Override
    public PatchSchema patch() {
        return TypePatchSchema.of(type);
    }

    @Override
    public dev.fairway.apiserver.registry.Shape applyShape() {
        return ApplyShape.of(type);
    }
}
