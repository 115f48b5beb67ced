package dev.fairway.apiserver.typed;

import dev.fairway.kube.Json;
import dev.fairway.schema.Field;
import dev.fairway.schema.Shape;
import dev.fairway.schema.TypeDef;
import dev.fairway.schema.TypeTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** How fields of the built-in types divide among owners. {@code field} is null where the shape is no field's own. */
public record ApplyShape(Shape shape, Field field) implements dev.fairway.apiserver.registry.Shape {

    /** The shape of the objects of a type. */
    static dev.fairway.apiserver.registry.Shape of(TypeDef type) {
        return new ApplyShape(new Shape.Message(type.name()), null);
    }

    private TypeDef type() {
        return shape instanceof Shape.Message(String name) ? TypeTable.builtin().require(name) : null;
    }

    @Override
    public Kind kind() {
        return switch (shape) {
            case Shape.Message ignored -> type().atomic() || field != null && field.atomic() ? Kind.ATOMIC : Kind.GRANULAR;
            case Shape.MapOf ignored -> field != null && field.atomic() ? Kind.ATOMIC : Kind.GRANULAR;
            case Shape.ListOf ignored -> switch (field == null ? Field.Topology.ATOMIC : field.topology()) {
                case MAP -> Kind.KEYED;
                case SET -> Kind.SET;
                case ATOMIC -> Kind.ATOMIC;
                case UNSET -> field.mergeKey().isEmpty() ? Kind.ATOMIC
                        : field.mergeKey().get().isEmpty() ? Kind.SET : Kind.KEYED;
            };
            case Shape.EnumOf ignored -> Kind.ATOMIC;
            case Shape.Scalar ignored -> Kind.ATOMIC;
        };
    }

    @Override
    public dev.fairway.apiserver.registry.Shape field(String name) {
        return switch (shape) {
            case Shape.Message ignored -> {
                Field child = type().byName().get(name);
                yield child == null ? ATOM : new ApplyShape(child.shape(), child);
            }
            case Shape.MapOf(Shape value) -> new ApplyShape(value, null);
            case Shape.ListOf ignored -> ATOM;
            case Shape.EnumOf ignored -> ATOM;
            case Shape.Scalar ignored -> ATOM;
        };
    }

    @Override
    public boolean declares(String name) {
        return shape instanceof Shape.Message && type().byName().containsKey(name);
    }

    @Override
    public boolean isEmbedded(String name) {
        return declares(name) && !type().byName().get(name).pointer();
    }

    @Override
    public List<String> keys() {
        return field.topology() == Field.Topology.MAP ? field.listKeys() : List.of(field.mergeKey().orElse(""));
    }

    @Override
    public Map<String, JsonNode> keyDefaults() {
        Map<String, JsonNode> defaults = new HashMap<>();
        if (shape instanceof Shape.ListOf(Shape.Message(String item))) {
            Map<String, Field> fields = TypeTable.builtin().require(item).byName();
            for (String key : keys()) {
                Field keyField = fields.get(key);
                if (keyField != null) {
                    keyField.defaultJson().ifPresent(json -> defaults.put(key, Json.mapper().readTree(json)));
                }
            }
        }
        return defaults;
    }

    @Override
    public dev.fairway.apiserver.registry.Shape item() {
        return shape instanceof Shape.ListOf(Shape element) ? new ApplyShape(element, null) : ANYTHING;
    }
}
