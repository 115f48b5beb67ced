package dev.fairway.apiserver.openapi;

import dev.fairway.apiserver.encode.MediaRange;
import dev.fairway.apiserver.encode.Simple;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.front.Front;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ResourceTable;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.Response;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubernetesVersion;
import dev.fairway.schema.OpenApiSchemas.Dialect;
import dev.fairway.schema.OpenApiSchemas;
import dev.fairway.schema.OpenApiV2Protobuf;
import dev.fairway.schema.TypeDef;
import dev.fairway.schema.TypeTable;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAPI documents, each made when first asked for and again after the table of resources has changed. */
public final class OpenApi implements Front.PathHandler {
    private static final String V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private final ResourceTable table;
    private final BiFunction<ResourceDefinition, String, Optional<ObjectNode>> customSchemas;
    private final Map<String, byte[]> documents = new HashMap<>();
    private long generation = -1;

    /**
     * @param customSchemas the v3 schema of a custom kind in a version
     */
    public OpenApi(ResourceTable table, BiFunction<ResourceDefinition, String, Optional<ObjectNode>> customSchemas) {
        this.table = table;
        this.customSchemas = customSchemas;
    }

    @Override
    public Optional<Response> answer(Request request, List<String> segments) {
        if (!segments.getFirst().equals("openapi") || segments.size() < 2) {
            return Optional.empty();
        }
        return switch (segments.get(1)) {
            case "v2" -> segments.size() == 2 ? Optional.of(v2(request)) : Optional.empty();
            case "v3" -> v3(request, segments.subList(2, segments.size()));
            default -> Optional.empty();
        };
    }

    private Response v2(Request request) {
        for (MediaRange range : MediaRange.parseAll(request.header("accept").isBlank() ? "*/*" : request.header("accept"))) {
            if (range.type().startsWith("application/com.github.proto-openapi.spec.v2")) {
                return Simple.cacheable(request, V2_PROTOBUF, document("v2pb", () -> OpenApiV2Protobuf.encode(v2Document())));
            }
            if (range.type().equals("application/json") || range.type().equals("*/*") || range.type().equals("application/*")) {
                return Simple.cacheable(request, "application/json", document("v2", () -> Json.bytes((JsonNode) v2Document())));
            }
        }
        throw Errors.notAcceptable(List.of("application/json", V2_PROTOBUF));
    }

    private Optional<Response> v3(Request request, List<String> path) {
        if (path.isEmpty()) {
            return Optional.of(Simple.answer(request, 200, v3Index()));
        }
        boolean core = path.getFirst().equals("api") && path.size() == 2;
        boolean group = path.getFirst().equals("apis") && path.size() == 3;
        if (!core && !group) {
            return Optional.empty();
        }
        String name = core ? "" : path.get(1);
        String version = path.getLast();
        if (!table.versions(name).contains(version)) {
            return Optional.empty();
        }
        String asked = request.query("hash");
        String current = hash(name, version);
        if (!asked.isEmpty() && !asked.equalsIgnoreCase(current)) {
            return Optional.of(new Response.Whole(301, "text/plain; charset=utf-8",
                    Map.of("Location", List.of(request.path() + "?hash=" + current)), List.of()));
        }
        byte[] body = document("v3/" + name + "/" + version, () -> Json.bytes((JsonNode) v3Document(name, version)));
        Response.Whole answer = Simple.cacheable(request, "application/json", body);
        return Optional.of(asked.isEmpty() ? answer : forGood(answer));
    }

    /** What is asked for by its hash never changes. */
    private static Response forGood(Response.Whole answer) {
        Map<String, List<String>> headers = new HashMap<>(answer.headers());
        headers.put("Cache-Control", List.of("public, immutable"));
        headers.put("Expires", List.of(DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusYears(1))));
        return new Response.Whole(answer.status(), answer.contentType(), headers, answer.parts());
    }

    private synchronized byte[] document(String key, Supplier<byte[]> maker) {
        if (generation != table.generation()) {
            documents.clear();
            generation = table.generation();
        }
        byte[] known = documents.get(key);
        if (known == null) {
            known = maker.get();
            documents.put(key, known);
        }
        return known;
    }

    private ObjectNode v3Index() {
        ObjectNode index = Json.object();
        ObjectNode paths = index.putObject("paths");
        for (String group : table.groups()) {
            for (String version : table.versions(group)) {
                String path = group.isEmpty() ? "api/" + version : "apis/" + group + "/" + version;
                paths.putObject(path).put("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + hash(group, version));
            }
        }
        return index;
    }

    /** Changes with the content: clients keep documents by this for good. */
    private String hash(String group, String version) {
        byte[] body = document("v3/" + group + "/" + version, () -> Json.bytes((JsonNode) v3Document(group, version)));
        CRC32C crc = new CRC32C();
        crc.update(body);
        return HexFormat.of().withUpperCase().toHexDigits(crc.getValue()) + HexFormat.of().withUpperCase().toHexDigits(body.length);
    }

    private static ObjectNode head(ObjectNode document) {
        document.putObject("info").put("title", "Kubernetes").put("version", KubernetesVersion.RELEASE);
        return document;
    }

    private ObjectNode v2Document() {
        ObjectNode document = head(Json.object().put("swagger", "2.0"));
        ObjectNode paths = document.putObject("paths");
        ObjectNode definitions = document.putObject("definitions");
        OpenApiSchemas schemas = new OpenApiSchemas(TypeTable.builtin(), Dialect.V2);
        schemas.defineScalars(definitions);
        Set<String> known = new HashSet<>();
        for (ResourceDefinition row : table.all()) {
            for (String version : row.versions()) {
                OpenApiPaths.add(paths, row, version, true);
                define(row, version, schemas, definitions, known);
            }
        }
        return document;
    }

    private ObjectNode v3Document(String group, String version) {
        ObjectNode document = head(Json.object().put("openapi", "3.0.0"));
        ObjectNode paths = document.putObject("paths");
        ObjectNode definitions = document.putObject("components").putObject("schemas");
        OpenApiSchemas schemas = new OpenApiSchemas(TypeTable.builtin(), Dialect.V3);
        schemas.defineScalars(definitions);
        Set<String> known = new HashSet<>();
        for (ResourceDefinition row : table.all()) {
            if (row.group().equals(group) && row.versions().contains(version)) {
                OpenApiPaths.add(paths, row, version, false);
                define(row, version, schemas, definitions, known);
            }
        }
        return document;
    }

    private void define(ResourceDefinition row, String version, OpenApiSchemas schemas, ObjectNode definitions, Set<String> known) {
        Optional<TypeDef> type = TypeTable.builtin().kind(row.apiVersion(version), row.kind());
        if (type.isPresent()) {
            schemas.define(type.get().name(), definitions, known);
            schemas.define("meta/v1.ListMeta", definitions, known);
            ObjectNode list = schemas.listOf(type.get());
            list.putArray("x-kubernetes-group-version-kind").addObject().put("group", row.group()).put("version", version)
                    .put("kind", row.kind() + "List");
            definitions.set(OpenApiSchemas.definitionName(type.get().name()) + "List", list);
        } else {
            customSchemas.apply(row, version).ifPresent(schema -> {
                String name = reversed(row.group()) + "." + version + "." + row.kind();
                schemas.define("meta/v1.ObjectMeta", definitions, known);
                schemas.addTypeMeta(schema.withObject("/properties"));
                schema.putArray("x-kubernetes-group-version-kind").addObject().put("group", row.group())
                        .put("version", version).put("kind", row.kind());
                definitions.set(name, schema);
            });
        }
    }

    private static String reversed(String group) {
        List<String> parts = new java.util.ArrayList<>(List.of(group.split("\\.")));
        java.util.Collections.reverse(parts);
        return String.join(".", parts);
    }
}
