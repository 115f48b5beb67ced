package dev.fairway.apiserver.crd.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.fairway.apiserver.crd.schema.SchemaNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The CEL types of one schema node and of all below it, so that a rule is checked against the schema when it is
 * written. What the schema says nothing of ({@code x-kubernetes-preserve-unknown-fields} alone) has no type: rules
 * cannot see it.
 */
final class CelTypes implements CelTypeProvider {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final List<String> RESERVED = List.of("true", "false", "null", "in", "as", "break", "const",
            "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return",
            "var", "void", "while");

    private final Map<String, CelType> structs = new HashMap<>();
    private final Optional<CelType> self;

    private CelTypes(SchemaNode node, boolean resource) {
        this.self = type(node, "selfType", resource);
    }

    /**
     * The types below a node.
     *
     * @param resource whether the node is the top of an object, with apiVersion, kind and metadata
     */
    static CelTypes of(SchemaNode node, boolean resource) {
        return new CelTypes(node, resource);
    }

    /** The type of {@code self}; empty if rules cannot be written here. */
    Optional<CelType> self() {
        return self;
    }

    private Optional<CelType> type(SchemaNode node, String name, boolean resource) {
        if (node.intOrString()) {
            return Optional.of(SimpleType.DYN);
        }
        return switch (node.type()) {
            case "array" -> node.items().flatMap(items -> type(items, name + ".@idx", items.embedded())).map(ListType::create);
            case "object" -> node.additional().isPresent()
                    ? type(node.additional().get(), name + ".@elem", node.additional().get().embedded())
                            .map(each -> MapType.create(SimpleType.STRING, each))
                    : Optional.of(struct(node, name, resource));
            case "string" -> Optional.of(string(node.format()));
            case "boolean" -> Optional.of(SimpleType.BOOL);
            case "number" -> Optional.of(SimpleType.DOUBLE);
            case "integer" -> Optional.of(SimpleType.INT);
            default -> Optional.empty();
        };
    }

    private static CelType string(String format) {
        return switch (format) {
            case "byte" -> SimpleType.BYTES;
            case "duration" -> SimpleType.DURATION;
            case "date", "date-time" -> SimpleType.TIMESTAMP;
            default -> SimpleType.STRING;
        };
    }

    private CelType struct(SchemaNode node, String name, boolean resource) {
        Map<String, CelType> fields = new LinkedHashMap<>();
        node.properties().forEach((property, child) -> escape(property).ifPresent(identifier ->
                type(child, name + "." + property, child.embedded()).ifPresent(type -> fields.put(identifier, type))));
        if (resource) {
            fields.put("apiVersion", SimpleType.STRING);
            fields.put("kind", SimpleType.STRING);
            fields.put("metadata", struct(name + ".metadata", Map.of("name", SimpleType.STRING, "generateName", SimpleType.STRING)));
        }
        return struct(name, fields);
    }

    private CelType struct(String name, Map<String, CelType> fields) {
        StructType type = StructType.create(name, ImmutableSet.copyOf(fields.keySet()), field -> Optional.ofNullable(fields.get(field)));
        structs.put(name, type);
        return type;
    }

    @Override
    public ImmutableCollection<CelType> types() {
        return ImmutableList.copyOf(structs.values());
    }

    @Override
    public Optional<CelType> findType(String name) {
        return Optional.ofNullable(structs.get(name));
    }

    /** A property's name as an identifier, by Kubernetes' rules for names that are none; empty if there is no way. */
    static Optional<String> escape(String name) {
        if (RESERVED.contains(name)) {
            return Optional.of("__" + name + "__");
        }
        String escaped = name.replace("__", "__underscores__").replace(".", "__dot__").replace("-", "__dash__").replace("/", "__slash__");
        return Optional.of(escaped).filter(each -> IDENTIFIER.matcher(each).matches());
    }
}
