package dev.fairway.schema;

import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The types as JSON Schema in the dialects of OpenAPI v2 and v3, with Kubernetes' {@code x-kubernetes-…} extensions. */
public final class OpenApiSchemas {
    /** The two dialects; they differ in where definitions live and in whether a reference may have siblings. */
    public enum Dialect {
        V2("#/definitions/"), V3("#/components/schemas/");

        private final String prefix;

        Dialect(String prefix) {
            this.prefix = prefix;
        }

        /** What references start with. */
        public String prefix() {
            return prefix;
        }
    }

    private static final Map<String, String> API_PACKAGES = Map.of("meta", "io.k8s.apimachinery.pkg.apis.meta",
            "apiextensions", "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions");

    private static final String INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
    private static final String QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";

    private final TypeTable table;
    private final Dialect dialect;

    public OpenApiSchemas(TypeTable table, Dialect dialect) {
        this.table = table;
        this.dialect = dialect;
    }

    /** The name of a type's definition, such as {@code io.k8s.api.core.v1.Pod}. */
    public static String definitionName(String type) {
        int slash = type.indexOf('/');
        String group = type.substring(0, slash);
        return API_PACKAGES.getOrDefault(group, "io.k8s.api." + group) + "." + type.substring(slash + 1);
    }

    /** Adds a type's definition, and those of all types it is made of, to {@code definitions}. */
    public void define(String type, ObjectNode definitions, Set<String> known) {
        if (!known.add(type)) {
            return;
        }
        TypeDef definition = table.require(type);
        definitions.set(definitionName(type), object(definition));
        for (Field field : definition.byName().values()) {
            Shape shape = field.shape();
            while (!(shape instanceof Shape.Message)) {
                if (shape instanceof Shape.ListOf(Shape element)) {
                    shape = element;
                } else if (shape instanceof Shape.MapOf(Shape value)) {
                    shape = value;
                } else {
                    break;
                }
            }
            if (shape instanceof Shape.Message(String part)) {
                define(part, definitions, known);
            }
        }
    }

    /** Adds the definitions of the two scalars that are either of two JSON types. */
    public void defineScalars(ObjectNode definitions) {
        either(definitions.putObject(INT_OR_STRING), "integer").put("format", "int-or-string");
        either(definitions.putObject(QUANTITY), "number");
    }

    private ObjectNode either(ObjectNode schema, String other) {
        switch (dialect) {
            case V2 -> schema.put("type", "string");
            case V3 -> {
                ArrayNode either = schema.putArray("oneOf");
                either.addObject().put("type", "string");
                either.addObject().put("type", other);
            }
        }
        return schema;
    }

    /** The definition of a list of a kind. */
    public ObjectNode listOf(TypeDef item) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.put("description", item.simpleName() + "List is a list of " + item.simpleName() + " objects.");
        schema.put("type", "object");
        schema.putArray("required").add("items");
        ObjectNode properties = schema.putObject("properties");
        typeMeta(properties);
        properties.putObject("items").put("type", "array").set("items", reference(item.name()));
        properties.set("metadata", reference("meta/v1.ListMeta"));
        return schema;
    }

    private ObjectNode object(TypeDef type) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        Descriptions.ofType(type.name()).ifPresent(text -> schema.put("description", text));
        schema.put("type", "object");
        List<String> required = type.byName().values().stream()
                .filter(field -> !field.optional() && field.written()).map(Field::name).sorted().toList();
        if (!required.isEmpty()) {
            ArrayNode names = schema.putArray("required");
            required.forEach(names::add);
        }
        ObjectNode properties = schema.putObject("properties");
        if (type.typed()) {
            typeMeta(properties);
        }
        type.byName().values().forEach(field -> properties.set(field.name(), field(type, field)));
        if (type.typed()) {
            String apiVersion = TypeTable.apiVersion(type);
            schema.putArray("x-kubernetes-group-version-kind").addObject().put("group", TypeTable.group(type))
                    .put("version", apiVersion.substring(apiVersion.indexOf('/') + 1)).put("kind", type.simpleName());
        }
        if (type.atomic()) {
            schema.put("x-kubernetes-map-type", "atomic");
        }
        return schema;
    }

    /** Adds what all objects have to the properties of a kind: apiVersion, kind and metadata. */
    public void addTypeMeta(ObjectNode properties) {
        typeMeta(properties);
        properties.set("metadata", reference("meta/v1.ObjectMeta"));
    }

    private static void typeMeta(ObjectNode properties) {
        properties.putObject("apiVersion").put("type", "string")
                .put("description", "The group and version of this object's schema.");
        properties.putObject("kind").put("type", "string").put("description", "The kind of this object.");
    }

    private ObjectNode field(TypeDef owner, Field field) {
        ObjectNode schema = shape(field.shape());
        Descriptions.ofField(owner.declaring(field.name()).name(), field.name()).ifPresent(text -> schema.put("description", text));
        field.defaultJson().ifPresent(json -> schema.set("default", JsonMapper.shared().readTree(json)));
        if (field.mergeKey().isPresent()) {
            if (!field.mergeKey().get().isEmpty()) {
                schema.put("x-kubernetes-patch-merge-key", field.mergeKey().get());
            }
            schema.put("x-kubernetes-patch-strategy", field.retainKeys() ? "merge,retainKeys" : "merge");
        } else if (field.retainKeys()) {
            schema.put("x-kubernetes-patch-strategy", "retainKeys");
        } else if (field.replace()) {
            schema.put("x-kubernetes-patch-strategy", "replace");
        }
        switch (field.topology()) {
            case ATOMIC -> schema.put("x-kubernetes-list-type", "atomic");
            case SET -> schema.put("x-kubernetes-list-type", "set");
            case MAP -> {
                ArrayNode keys = schema.putArray("x-kubernetes-list-map-keys");
                field.listKeys().forEach(keys::add);
                schema.put("x-kubernetes-list-type", "map");
            }
            case UNSET -> {
                // nothing is declared
            }
        }
        if (field.atomic()) {
            schema.put("x-kubernetes-map-type", "atomic");
        }
        return schema;
    }

    private ObjectNode reference(String type) {
        return named(definitionName(type));
    }

    private ObjectNode named(String definition) {
        ObjectNode reference = JsonNodeFactory.instance.objectNode().put("$ref", dialect.prefix + definition);
        return switch (dialect) {
            case V2 -> reference;
            case V3 -> {
                ObjectNode all = JsonNodeFactory.instance.objectNode();
                all.putArray("allOf").add(reference);
                yield all;
            }
        };
    }

    private ObjectNode shape(Shape shape) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        return switch (shape) {
            case Shape.Message(String type) -> reference(type);
            case Shape.ListOf(Shape element) -> {
                schema.put("type", "array").set("items", shape(element));
                yield schema;
            }
            case Shape.MapOf(Shape value) -> {
                schema.put("type", "object").set("additionalProperties", shape(value));
                yield schema;
            }
            case Shape.EnumOf(String ignored, Set<String> values) -> {
                schema.put("type", "string");
                ArrayNode list = schema.putArray("enum");
                values.stream().sorted().forEach(list::add);
                yield schema;
            }
            case Shape.Scalar scalar -> scalar(scalar);
        };
    }

    private ObjectNode scalar(Shape.Scalar scalar) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", scalar.jsonType());
        switch (scalar) {
            case INT32 -> schema.put("format", "int32");
            case INT64 -> schema.put("format", "int64");
            case DOUBLE -> schema.put("format", "double");
            case BYTES -> schema.put("format", "byte");
            case TIME, MICRO_TIME -> schema.put("format", "date-time");
            case INT_OR_STRING -> {
                return named(INT_OR_STRING);
            }
            case QUANTITY -> {
                return named(QUANTITY);
            }
            case WRAPPED -> schema.set("items", schema.objectNode().put("type", "string"));
            case STRING, BOOL, DURATION, RAW, FIELDS -> {
                // the type says all
            }
        }
        return schema;
    }
}
