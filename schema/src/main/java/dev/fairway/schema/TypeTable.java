package dev.fairway.schema;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The types of the built-in API, read from {@code types.txt}, which its first lines explain. This one table drives
 * decoding, pruning, protobuf, patches, field ownership and OpenAPI.
 */
public final class TypeTable {
    /** By the group part of type names: the API groups. */
    private static final Map<String, String> GROUPS = Map.ofEntries(Map.entry("core", ""), Map.entry("meta", ""),
            Map.entry("apps", "apps"), Map.entry("autoscaling", "autoscaling"), Map.entry("batch", "batch"),
            Map.entry("policy", "policy"), Map.entry("authentication", "authentication.k8s.io"),
            Map.entry("authorization", "authorization.k8s.io"), Map.entry("certificates", "certificates.k8s.io"),
            Map.entry("coordination", "coordination.k8s.io"), Map.entry("discovery", "discovery.k8s.io"),
            Map.entry("events", "events.k8s.io"), Map.entry("networking", "networking.k8s.io"),
            Map.entry("rbac", "rbac.authorization.k8s.io"), Map.entry("scheduling", "scheduling.k8s.io"),
            Map.entry("storage", "storage.k8s.io"), Map.entry("apiextensions", "apiextensions.k8s.io"));

    private final Map<String, TypeDef> types = new LinkedHashMap<>();
    private final Map<String, TypeDef> kinds = new HashMap<>();

    private TypeTable(BufferedReader lines) throws IOException {
        new Reader().read(lines);
        for (TypeDef type : types.values()) {
            if (type.typed()) {
                kinds.put(apiVersion(type) + "/" + type.simpleName(), type);
            }
        }
    }

    private static final class Holder {
        private static final TypeTable BUILTIN = load();

        private static TypeTable load() {
            var in = TypeTable.class.getResourceAsStream("types.txt");
            try (var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                return new TypeTable(lines);
            } catch (IOException e) {
                throw new UncheckedIOException("types.txt", e);
            }
        }
    }

    /** The table of the built-in kinds, read on first use. */
    public static TypeTable builtin() {
        return Holder.BUILTIN;
    }

    /** A kind's type; empty when it is not built in. */
    public Optional<TypeDef> kind(String apiVersion, String kind) {
        return Optional.ofNullable(kinds.get(apiVersion + "/" + kind));
    }

    /**
     * A type by name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public TypeDef require(String name) {
        TypeDef type = types.get(name);
        if (type == null) {
            throw new IllegalArgumentException("no type " + name);
        }
        return type;
    }

    /** All types, by name. */
    public Map<String, TypeDef> types() {
        return java.util.Collections.unmodifiableMap(types);
    }

    /** The apiVersion of a kind's type. */
    public static String apiVersion(TypeDef type) {
        String group = group(type);
        String version = type.name().substring(type.name().indexOf('/') + 1, type.name().indexOf('.'));
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The API group of a type. */
    public static String group(TypeDef type) {
        return GROUPS.get(type.name().substring(0, type.name().indexOf('/')));
    }

    /** Reads the lines; enums come after the types that use them. */
    final class Reader {
        private final Map<String, Set<String>> enums = new HashMap<>();

        private void read(BufferedReader in) throws IOException {
            List<String> lines = in.lines().filter(line -> !line.startsWith("#")).toList();
            for (String line : lines) {
                if (line.startsWith(":enum ")) {
                    String[] words = line.split(" ", 3);
                    enums.put(words[1], new LinkedHashSet<>(List.of(words[2].split("\\|", -1))));
                }
            }
            String[] header = null;
            List<Field> fields = new ArrayList<>();
            for (String line : lines) {
                String[] words = line.split(" ");
                if (words[0].startsWith(":")) {
                    define(header, fields);
                    header = words[0].equals(":type") ? words : null;
                    fields = new ArrayList<>();
                } else {
                    fields.add(Field.parse(words, this));
                }
            }
            define(header, fields);
        }

        private void define(String[] header, List<Field> fields) {
            if (header != null) {
                List<String> flags = List.of(header);
                types.put(header[1], new TypeDef(TypeTable.this, header[1], flags.contains("typed"), flags.contains("atomic"), fields));
            }
        }

        Shape shape(String text) {
            if (text.startsWith("[]")) {
                return new Shape.ListOf(shape(text.substring(2)));
            }
            if (text.startsWith("{}")) {
                return new Shape.MapOf(shape(text.substring(2)));
            }
            if (text.startsWith("enum:")) {
                String name = text.substring(5);
                return new Shape.EnumOf(name, enums.getOrDefault(name, Set.of()));
            }
            if (text.contains("/")) {
                return new Shape.Message(text);
            }
            return switch (text) {
                case "string" -> Shape.Scalar.STRING;
                case "bool" -> Shape.Scalar.BOOL;
                case "int32" -> Shape.Scalar.INT32;
                case "int64" -> Shape.Scalar.INT64;
                case "double" -> Shape.Scalar.DOUBLE;
                case "bytes" -> Shape.Scalar.BYTES;
                case "time" -> Shape.Scalar.TIME;
                case "microTime" -> Shape.Scalar.MICRO_TIME;
                case "duration" -> Shape.Scalar.DURATION;
                case "quantity" -> Shape.Scalar.QUANTITY;
                case "intOrString" -> Shape.Scalar.INT_OR_STRING;
                case "raw" -> Shape.Scalar.RAW;
                case "fields" -> Shape.Scalar.FIELDS;
                case "wrapped" -> Shape.Scalar.WRAPPED;
                default -> throw new IllegalArgumentException("types.txt: unknown shape " + text);
            };
        }
    }
}
