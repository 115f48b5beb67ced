package dev.fairway.apiserver.crd;

import dev.fairway.apiserver.registry.ObjectSchema;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ScalePaths;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.apiserver.registry.Versions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** From a CustomResourceDefinition to a row of the table of resources. */
final class CustomKind {
    private CustomKind() {
    }

    /**
     * The row of a definition.
     *
     * @throws IllegalArgumentException when no version is served, or a schema cannot be used
     */
    static ResourceDefinition row(JsonNode definition) {
        JsonNode spec = definition.path("spec");
        JsonNode names = spec.path("names");
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
        storageVersion.path("selectableFields").forEach(field -> selectable.put(plain(field.path("jsonPath")), ""));
        row.selectable(selectable);
        Map<String, ObjectSchema> schemas = new HashMap<>();
        served.forEach(name -> schemas.put(name, new CustomSchema(kind,
                SchemaNode.parse(byName.get(name).path("schema").path("openAPIV3Schema"), "openAPIV3Schema"))));
        return row.schemas(name -> schemas.getOrDefault(name, ObjectSchema.NONE))
                .strategy(() -> new Deprecations(byName))
                .printer(() -> new CustomPrinter(byName.get(served.getFirst()).path("additionalPrinterColumns")))
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
    private record Deprecations(Map<String, JsonNode> versions) implements Strategy {
        @Override
        public List<String> warnings(StrategyContext context, ObjectNode object, ObjectNode old) {
            JsonNode version = versions.get(context.version());
            if (version == null || !version.path("deprecated").asBoolean(false)) {
                return List.of();
            }
            return List.of(version.path("deprecationWarning").asString(context.resource().apiVersion(context.version()) + " "
                    + context.resource().kind() + " is deprecated"));
        }
    }
}
