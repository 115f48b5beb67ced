package dev.fairway.apiserver.crd;

import dev.fairway.apiserver.crd.schema.SchemaNode;
import dev.fairway.apiserver.registry.ObjectSchema;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ScalePaths;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.TablePrinter;
import dev.fairway.apiserver.registry.Versions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** From a CustomResourceDefinition to a row of the table of resources. */
final class CustomKind {
    private CustomKind() {
    }

    /**
     * The row of a definition that is established, under the names that it was given.
     *
     * @throws IllegalArgumentException when no version is served, or a schema cannot be used
     */
    static ResourceDefinition row(JsonNode definition) {
        JsonNode spec = definition.path("spec");
        JsonNode names = definition.path("status").path("acceptedNames");
        List<String> served = new ArrayList<>();
        Map<String, JsonNode> byName = new HashMap<>();
        String storage = "";
        for (JsonNode version : spec.path("versions")) {
            String name = version.path("name").asString("");
            byName.put(name, version);
            if (version.path("served").asBoolean(false)) {
                served.add(name);
            }
            if (version.path("storage").asBoolean(false)) {
                storage = name;
            }
        }
        if (served.isEmpty()) {
            throw new IllegalArgumentException("no version is served");
        }
        served.sort(Versions.PREFERRED_FIRST);
        JsonNode storageVersion = byName.get(storage);
        String kind = names.path("kind").asString("");
        var row = ResourceDefinition.named(spec.path("group").asString(""), served.getFirst(), names.path("plural").asString(""), kind)
                .versions(served.toArray(String[]::new)).storageVersion(storage).custom().generation()
                .singular(names.path("singular").asString("")).shortNames(strings(names.path("shortNames")))
                .categories(strings(names.path("categories")));
        if (spec.path("scope").asString("").equals("Cluster")) {
            row.clusterScoped();
        }
        boolean status = byName.values().stream().anyMatch(version -> version.path("subresources").has("status"));
        if (status) {
            row.status();
        }
        JsonNode scale = storageVersion.path("subresources").path("scale");
        if (scale.isObject()) {
            row.scale(new ScalePaths(plain(scale.path("specReplicasPath")), plain(scale.path("statusReplicasPath")),
                    scale.has("labelSelectorPath") ? plain(scale.path("labelSelectorPath")) : null));
        }
        Map<String, String> selectable = new HashMap<>();
        served.forEach(name -> byName.get(name).path("selectableFields").forEach(field -> selectable.put(plain(field.path("jsonPath")), "")));
        row.selectable(selectable);
        Map<String, TablePrinter> printers = new HashMap<>();
        served.forEach(name -> printers.put(name, new CustomPrinter(byName.get(name).path("additionalPrinterColumns"))));
        Map<String, ObjectSchema> schemas = new HashMap<>();
        boolean changed = definition.path("metadata").path("generation").asLong(1) > 1;
        byName.forEach((name, version) -> schemas.put(name,
                new CustomSchema(kind, SchemaNode.parse(version.path("schema").path("openAPIV3Schema")), changed)));
        return row.schemas(name -> schemas.getOrDefault(name, ObjectSchema.NONE))
                .strategy(() -> new Deprecations(definition, byName))
                .printer(name -> printers.get(name))
                .listKind(names.path("listKind").asString(kind + "List"))
                .build();
    }

    private static String[] strings(JsonNode list) {
        return list.valueStream().map(each -> each.asString("")).toArray(String[]::new);
    }

    private static String plain(JsonNode path) {
        String text = path.asString("");
        return text.startsWith(".") ? text.substring(1) : text;
    }

    /** Warns of versions that their author calls deprecated. */
    private record Deprecations(JsonNode definition, Map<String, JsonNode> versions) implements Strategy {
        @Override
        public Optional<String> deprecation(String name) {
            JsonNode version = versions.get(name);
            if (version == null || !version.path("deprecated").asBoolean(false)) {
                return Optional.empty();
            }
            String group = definition.path("spec").path("group").asString("");
            String kind = definition.path("spec").path("names").path("kind").asString("");
            String better = versions.values().stream()
                    .filter(each -> each.path("served").asBoolean(false) && !each.path("deprecated").asBoolean(false))
                    .map(each -> each.path("name").asString(""))
                    .filter(each -> Versions.PREFERRED_FIRST.compare(each, name) < 0)
                    .min(Versions.PREFERRED_FIRST)
                    .map(each -> "; use " + group + "/" + each + " " + kind).orElse("");
            return Optional.of(version.path("deprecationWarning").asString(group + "/" + name + " " + kind + " is deprecated" + better));
        }
    }
}
