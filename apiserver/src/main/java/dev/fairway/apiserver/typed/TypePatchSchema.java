package dev.fairway.apiserver.typed;

import dev.fairway.apiserver.registry.PatchSchema;
import dev.fairway.schema.Field;
import dev.fairway.schema.Shape;
import dev.fairway.schema.TypeDef;
import dev.fairway.schema.TypeTable;

/** The patch strategy of a field, from the table of types. {@code field} is null at the top of an object. */
record TypePatchSchema(Shape shape, Field field) implements PatchSchema {
    static PatchSchema of(TypeDef type) {
        return new TypePatchSchema(new Shape.Message(type.name()), null);
    }

    @Override
    public PatchSchema field(String name) {
        return switch (shape) {
            case Shape.Message(String type) -> {
                Field child = TypeTable.builtin().require(type).byName().get(name);
                yield child == null ? UNKNOWN : new TypePatchSchema(child.shape(), child);
            }
            case Shape.MapOf(Shape value) -> new TypePatchSchema(value, null);
            case Shape.ListOf ignored -> UNKNOWN;
            case Shape.EnumOf ignored -> UNKNOWN;
            case Shape.Scalar ignored -> UNKNOWN;
        };
    }

    @Override
    public PatchSchema items() {
        return shape instanceof Shape.ListOf(Shape element) ? new TypePatchSchema(element, null) : UNKNOWN;
    }

    @Override
    public boolean mergesList() {
        return field != null && field.mergeKey().isPresent();
    }

    @Override
    public String mergeKey() {
        return field == null ? "" : field.mergeKey().orElse("");
    }

    @Override
    public boolean replacesMap() {
        return field != null && field.replace();
    }
}
