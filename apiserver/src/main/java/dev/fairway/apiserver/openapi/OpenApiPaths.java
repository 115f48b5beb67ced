package dev.fairway.apiserver.openapi;

import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.Verb;
import dev.fairway.kube.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The paths of a resource with the query parameters that clients look for. */
final class OpenApiPaths {
    private OpenApiPaths() {
    }

    /**
     * Adds the paths of a resource.
     *
     * @param v2 whether parameters carry their type themselves, rather than in a schema
     */
    static void add(ObjectNode paths, ResourceDefinition row, String version, boolean v2) {
        String root = row.group().isEmpty() ? "/api/" + version : "/apis/" + row.group() + "/" + version;
        String collection = root + (row.namespaced() ? "/namespaces/{namespace}/" : "/") + row.plural();
        ObjectNode many = Json.object();
        ObjectNode one = Json.object();
        for (Verb verb : Verb.values()) {
            if (row.verbs().contains(verb)) {
                switch (verb) {
                    case LIST -> operation(many, "get", row, version, "list", List.of("labelSelector", "fieldSelector",
                            "limit", "continue", "resourceVersion", "resourceVersionMatch", "timeoutSeconds", "watch",
                            "allowWatchBookmarks", "sendInitialEvents", "pretty"), v2);
                    case CREATE -> operation(many, "post", row, version, "post",
                            List.of("dryRun", "fieldManager", "fieldValidation", "pretty"), v2);
                    case DELETECOLLECTION -> operation(many, "delete", row, version, "deletecollection",
                            List.of("dryRun", "labelSelector", "fieldSelector", "gracePeriodSeconds", "propagationPolicy"), v2);
                    case GET -> operation(one, "get", row, version, "get", List.of("pretty"), v2);
                    case UPDATE -> operation(one, "put", row, version, "put",
                            List.of("dryRun", "fieldManager", "fieldValidation", "pretty"), v2);
                    case PATCH -> operation(one, "patch", row, version, "patch",
                            List.of("dryRun", "fieldManager", "fieldValidation", "force", "pretty"), v2);
                    case DELETE -> operation(one, "delete", row, version, "delete",
                            List.of("dryRun", "gracePeriodSeconds", "propagationPolicy", "orphanDependents", "pretty"), v2);
                    case WATCH -> {
                        // a parameter of list
                    }
                }
            }
        }
        paths.set(collection, many);
        if (!one.isEmpty()) {
            paths.set(collection + "/{name}", one);
        }
    }

    private static void operation(ObjectNode item, String method, ResourceDefinition row, String version, String action,
                                  List<String> parameters, boolean v2) {
        ObjectNode operation = item.putObject(method);
        operation.put("operationId", action + row.group().replace(".", "") + version + row.kind());
        ArrayNode list = operation.putArray("parameters");
        for (String name : parameters) {
            String type = switch (name) {
                case "limit", "timeoutSeconds", "gracePeriodSeconds" -> "integer";
                case "watch", "allowWatchBookmarks", "sendInitialEvents", "force", "orphanDependents" -> "boolean";
                default -> "string";
            };
            ObjectNode parameter = list.addObject().put("name", name).put("in", "query");
            if (v2) {
                parameter.put("type", type).put("uniqueItems", true);
            } else {
                parameter.putObject("schema").put("type", type).put("uniqueItems", true);
            }
        }
        operation.putObject("responses").putObject("200").put("description", "OK");
        operation.put("x-kubernetes-action", action);
        operation.putObject("x-kubernetes-group-version-kind").put("group", row.group()).put("version", version)
                .put("kind", row.kind());
    }
}
