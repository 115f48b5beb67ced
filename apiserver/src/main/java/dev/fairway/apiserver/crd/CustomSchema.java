package dev.fairway.apiserver.crd;

import dev.fairway.apiserver.crd.cel.CelRules;
import dev.fairway.apiserver.crd.schema.Pruning;
import dev.fairway.apiserver.crd.schema.SchemaNode;
import dev.fairway.apiserver.crd.schema.SchemaValidation;
import dev.fairway.apiserver.registry.ObjectSchema;
import dev.fairway.apiserver.registry.PatchSchema;
import dev.fairway.apiserver.registry.Shape;
import dev.fairway.apiserver.typed.BuiltinSchema;
import dev.fairway.schema.Decoding;
import dev.fairway.schema.FieldError;
import dev.fairway.schema.TypeTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The schema of a custom kind in one version. */
final class CustomSchema implements ObjectSchema {
    private static final TypeTable TYPES = TypeTable.builtin();

    private final String kind;
    private final SchemaNode schema;
    private final Optional<CelRules> rules;
    private final boolean changed;

    /**
     * @param changed whether stored objects may have been written under another schema
     */
    CustomSchema(String kind, SchemaNode schema, boolean changed) {
        this.changed = changed;
        this.kind = kind;
        this.schema = schema;
        this.rules = CelRules.of(schema);
    }

    @Override
    public List<String> decode(ObjectNode object) {
        List<String> unknown = new ArrayList<>();
        if (object.get("metadata") instanceof ObjectNode metadata) {
            Decoding.clean(TYPES, TYPES.require("meta/v1.ObjectMeta"), metadata).forEach(path -> unknown.add("metadata." + path));
        }
        unknown.addAll(Pruning.prune(object, schema));
        return unknown;
    }

    @Override
    public void defaults(ObjectNode object) {
        Pruning.defaults(object, schema);
    }

    @Override
    public boolean refits() {
        return changed;
    }

    @Override
    public void refit(ObjectNode object) {
        Pruning.prune(object, schema);
        Pruning.defaults(object, schema);
    }

    @Override
    public List<FieldError> validate(ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>(SchemaValidation.validate(object, old, schema, ""));
        if (errors.isEmpty()) {
            rules.ifPresent(each -> errors.addAll(each.validate(object, old)));
        }
        return errors;
    }

    @Override
    public PatchSchema patch() {
        return PatchSchema.UNKNOWN;
    }

    @Override
    public Shape applyShape() {
        return new Root(new CustomShape(schema), BuiltinSchema.of("v1", "ConfigMap").orElseThrow().applyShape().field("metadata"));
    }

    /** The top of an object: the schema's fields, and metadata as all kinds have it. */
    private record Root(Shape fields, Shape metadata) implements Shape {
        @Override
        public Kind kind() {
            return Kind.GRANULAR;
        }

        @Override
        public Shape field(String name) {
            return name.equals("metadata") ? metadata : fields.field(name);
        }

        @Override
        public boolean declares(String name) {
            return name.equals("metadata") || fields.declares(name);
        }

        @Override
        public List<String> keys() {
            return List.of();
        }

        @Override
        public java.util.Map<String, tools.jackson.databind.JsonNode> keyDefaults() {
            return java.util.Map.of();
        }

        @Override
        public Shape item() {
            return ANYTHING;
        }
    }
}
