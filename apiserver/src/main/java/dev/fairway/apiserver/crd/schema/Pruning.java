package dev.fairway.apiserver.crd.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Removes what a structural schema does not know, and fills in its defaults. */
public final class Pruning {
    private static final Set<String> TYPE_META = Set.of("apiVersion", "kind", "metadata");

    private Pruning() {
    }

    /** Prunes a custom object in place; its type and metadata stay. Returns the removed paths. */
    public static List<String> prune(ObjectNode object, SchemaNode schema) {
        List<String> removed = new ArrayList<>();
        prune(object, schema, "", true, removed);
        return removed;
    }

    /** Prunes a value that is part of an object. */
    public static void pruneValue(JsonNode value, SchemaNode schema) {
        prune(value, schema, "", false, new ArrayList<>());
    }

    private static void prune(JsonNode value, SchemaNode schema, String path, boolean resource, List<String> removed) {
        switch (value) {
            case ObjectNode object -> {
                List<String> unknown = new ArrayList<>(0);
                for (Map.Entry<String, JsonNode> field : object.properties()) {
                    boolean meta = (resource || schema.embedded()) && TYPE_META.contains(field.getKey());
                    Optional<SchemaNode> known = schema.field(field.getKey());
                    if (known.isPresent() && !(meta && field.getKey().equals("metadata"))) {
                        prune(field.getValue(), known.get(), join(path, field.getKey()), false, removed);
                    } else if (!meta && known.isEmpty() && !schema.open()) {
                        unknown.add(field.getKey());
                        removed.add(join(path, field.getKey()));
                    }
                }
                object.remove(unknown);
            }
            case ArrayNode array -> {
                if (schema.items().isPresent()) {
                    for (int i = 0; i < array.size(); i++) {
                        prune(array.get(i), schema.items().get(), path + "[" + i + "]", false, removed);
                    }
                }
            }
            default -> {
                // scalars have no parts
            }
        }
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    /** Fills in defaults in place; a null that the schema does not allow counts as left out. */
    public static void defaults(JsonNode value, SchemaNode schema) {
        switch (value) {
            case ObjectNode object -> {
                for (Map.Entry<String, SchemaNode> property : schema.properties().entrySet()) {
                    JsonNode current = object.get(property.getKey());
                    SchemaNode node = property.getValue();
                    boolean droppedNull = current != null && current.isNull() && !node.nullable();
                    if ((current == null || droppedNull) && node.defaultValue().isPresent()) {
                        object.set(property.getKey(), node.defaultValue().get().deepCopy());
                    } else if (droppedNull) {
                        object.remove(property.getKey());
                    }
                }
                for (Map.Entry<String, JsonNode> field : object.properties()) {
                    schema.field(field.getKey()).ifPresent(known -> defaults(field.getValue(), known));
                }
            }
            case ArrayNode array -> schema.items().ifPresent(items -> array.forEach(each -> defaults(each, items)));
            default -> {
                // scalars have no parts
            }
        }
    }
}
