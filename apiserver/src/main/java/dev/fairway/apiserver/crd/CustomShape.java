package dev.fairway.apiserver.crd;

import dev.fairway.apiserver.crd.schema.SchemaNode;
import dev.fairway.apiserver.registry.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** How the fields of a custom kind divide among owners. */
record CustomShape(SchemaNode schema) implements Shape {
    @Override
    public Kind kind() {
        return switch (schema.type()) {
            case "object" -> schema.atomicMap() ? Kind.ATOMIC
                    : schema.properties().isEmpty() && schema.additional().isEmpty() && schema.open() ? Kind.OPEN : Kind.GRANULAR;
            case "array" -> switch (schema.listType()) {
                case "map" -> Kind.KEYED;
                case "set" -> Kind.SET;
                default -> Kind.ATOMIC;
            };
            case "" -> schema.open() ? Kind.OPEN : Kind.ATOMIC;
            default -> Kind.ATOMIC;
        };
    }

    @Override
    public Shape field(String name) {
        return schema.field(name).<Shape>map(CustomShape::new).orElse(ANYTHING);
    }

    @Override
    public boolean declares(String name) {
        return schema.properties().containsKey(name);
    }

    @Override
    public List<String> keys() {
        return schema.listKeys();
    }

    @Override
    public Map<String, JsonNode> keyDefaults() {
        Map<String, JsonNode> defaults = new HashMap<>();
        for (String key : schema.listKeys()) {
            Optional<SchemaNode> field = schema.items().flatMap(items -> items.field(key));
            field.flatMap(SchemaNode::defaultValue).ifPresent(value -> defaults.put(key, value));
        }
        return defaults;
    }

    @Override
    public Shape item() {
        return schema.items().<Shape>map(CustomShape::new).orElse(ANYTHING);
    }
}
