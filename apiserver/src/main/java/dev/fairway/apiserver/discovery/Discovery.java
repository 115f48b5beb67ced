package dev.fairway.apiserver.discovery;

import dev.fairway.apiserver.encode.MediaRange;
import dev.fairway.apiserver.encode.Simple;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ResourceTable;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.apiserver.registry.Verb;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.Response;
import dev.fairway.kube.Json;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The groups, versions and resources: {@code /api}, {@code /apis} and below, one by one and aggregated. */
public final class Discovery {
    private static final String AGGREGATED_GROUP = "apidiscovery.k8s.io";

    private final ResourceTable table;

    public Discovery(ResourceTable table) {
        this.table = table;
    }

    /** The answer to a discovery path; empty when the path is none. */
    public Optional<Response> answer(Request request, List<String> segments) {
        boolean core = segments.getFirst().equals("api");
        return switch (segments.size()) {
            case 1 -> Optional.of(aggregated(request, core).orElseGet(() -> plain(request, core ? coreVersions(request) : groups())));
            case 2 -> {
                if (core) {
                    yield served("", segments.get(1)).map(version -> plain(request, resources("", version)));
                }
                yield table.groups().contains(segments.get(1))
                        ? Optional.of(plain(request, Json.object().put("kind", "APIGroup").put("apiVersion", "v1")
                                .setAll(group(segments.get(1))))) : Optional.empty();
            }
            case 3 -> core ? Optional.empty() : served(segments.get(1), segments.get(2))
                    .map(version -> plain(request, resources(segments.get(1), version)));
            default -> Optional.empty();
        };
    }

    private Optional<String> served(String group, String version) {
        return table.versions(group).contains(version) ? Optional.of(version) : Optional.empty();
    }

    private static Response plain(Request request, JsonNode body) {
        return Simple.answer(request, 200, (ObjectNode) body);
    }

    private ObjectNode coreVersions(Request request) {
        ObjectNode versions = Json.object().put("kind", "APIVersions");
        versions.putArray("versions").add("v1");
        versions.putArray("serverAddressByClientCIDRs").addObject().put("clientCIDR", "0.0.0.0/0")
                .put("serverAddress", request.header("host"));
        return versions;
    }

    private ObjectNode groups() {
        ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        table.groups().stream().filter(name -> !name.isEmpty()).forEach(name -> groups.add(group(name)));
        return list;
    }

    private ObjectNode group(String name) {
        ObjectNode group = Json.object().put("name", name);
        ArrayNode versions = group.putArray("versions");
        for (String version : table.versions(name)) {
            versions.addObject().put("groupVersion", name + "/" + version).put("version", version);
        }
        group.set("preferredVersion", versions.get(0).deepCopy());
        return group;
    }

    private List<ResourceDefinition> rows(String group, String version) {
        return table.all().stream().filter(row -> row.group().equals(group) && row.versions().contains(version))
                .sorted(Comparator.comparing(ResourceDefinition::plural)).toList();
    }

    private ObjectNode resources(String group, String version) {
        ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1")
                .put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        ArrayNode resources = list.putArray("resources");
        for (ResourceDefinition row : rows(group, version)) {
            ObjectNode item = resources.addObject().put("name", row.plural()).put("singularName", row.singular())
                    .put("namespaced", row.namespaced()).put("kind", row.kind());
            words(item, row.verbs());
            strings(item, "shortNames", row.shortNames());
            strings(item, "categories", row.categories());
            row.subresources().stream().sorted(Comparator.comparing(Subresource::path)).forEach(below -> {
                ObjectNode sub = resources.addObject().put("name", row.plural() + "/" + below.path())
                        .put("singularName", "").put("namespaced", row.namespaced());
                if (below.kind() != null) {
                    if (!below.group().isEmpty()) {
                        sub.put("group", below.group());
                    }
                    sub.put("version", below.version()).put("kind", below.kind());
                } else {
                    sub.put("kind", row.kind());
                }
                words(sub, below.verbs());
            });
        }
        return list;
    }

    private static void words(ObjectNode item, Collection<Verb> verbs) {
        ArrayNode words = item.putArray("verbs");
        verbs.stream().map(Verb::word).sorted().forEach(words::add);
    }

    private static void strings(ObjectNode item, String field, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode array = item.putArray(field);
            values.forEach(array::add);
        }
    }

    private Optional<Response> aggregated(Request request, boolean core) {
        String header = String.join(",", request.headers().getOrDefault("accept", List.of()));
        for (MediaRange range : MediaRange.parseAll(header)) {
            String version = range.parameter("v");
            boolean wanted = range.parameter("as").equals("APIGroupDiscoveryList")
                    && range.parameter("g").equals(AGGREGATED_GROUP) && range.type().equals("application/json")
                    && (version.equals("v2") || version.equals("v2beta1"));
            if (wanted) {
                byte[] body = Json.bytes((JsonNode) aggregate(version, core));
                String type = "application/json;g=" + AGGREGATED_GROUP + ";v=" + version + ";as=APIGroupDiscoveryList";
                return Optional.of(Simple.cacheable(request, type, body));
            }
            if (range.type().equals("application/json") && range.parameter("as").isEmpty()) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private ObjectNode aggregate(String apiVersion, boolean core) {
        ObjectNode list = Json.object().put("kind", "APIGroupDiscoveryList")
                .put("apiVersion", AGGREGATED_GROUP + "/" + apiVersion);
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        for (String group : core ? List.of("") : table.groups().stream().filter(name -> !name.isEmpty()).toList()) {
            ObjectNode item = items.addObject();
            ObjectNode metadata = item.putObject("metadata");
            if (!group.isEmpty()) {
                metadata.put("name", group);
            }
            metadata.putNull("creationTimestamp");
            ArrayNode versions = item.putArray("versions");
            for (String version : table.versions(group)) {
                ObjectNode entry = versions.addObject().put("version", version);
                ArrayNode resources = entry.putArray("resources");
                rows(group, version).forEach(row -> resources.add(aggregatedResource(row, version)));
                entry.put("freshness", "Current");
            }
        }
        return list;
    }

    private static ObjectNode aggregatedResource(ResourceDefinition row, String version) {
        ObjectNode item = Json.object().put("resource", row.plural());
        item.set("responseKind", kind(row.group(), version, row.kind()));
        item.put("scope", row.namespaced() ? "Namespaced" : "Cluster").put("singularResource", row.singular());
        words(item, row.verbs());
        strings(item, "shortNames", row.shortNames());
        strings(item, "categories", row.categories());
        if (!row.subresources().isEmpty()) {
            ArrayNode below = item.putArray("subresources");
            row.subresources().stream().sorted(Comparator.comparing(Subresource::path)).forEach(each -> {
                ObjectNode sub = below.addObject().put("subresource", each.path());
                sub.set("responseKind", each.kind() == null ? kind(row.group(), version, row.kind())
                        : kind(each.group(), each.version(), each.kind()));
                words(sub, each.verbs());
            });
        }
        return item;
    }

    private static ObjectNode kind(String group, String version, String kind) {
        return Json.object().put("group", group).put("version", version).put("kind", kind);
    }
}
