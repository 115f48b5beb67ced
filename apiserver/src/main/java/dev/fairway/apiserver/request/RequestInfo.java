package dev.fairway.apiserver.request;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a path means, by the API's conventions: {@code /api/v1/…} and {@code /apis/<group>/<version>/…}, then
 * {@code namespaces/<ns>/} or not, then resource, name and subresource.
 *
 * @param resource    the plural; empty when the path is no resource
 * @param verb        the API verb; for other paths the HTTP method in lower case
 * @param rest        what follows the subresource, or empty
 */
public record RequestInfo(boolean isResource, String verb, String group, String version, String namespace,
                          String resource, String name, String subresource, String rest) {

    private static final Set<String> NAMESPACE_SUBRESOURCES = Set.of("status", "finalize");

    /** Reads the path of a request. */
    public static RequestInfo of(Request request) {
        List<String> parts = split(request.path());
        String httpVerb = request.method().toLowerCase(Locale.ROOT);
        int at;
        String group;
        String version;
        if (parts.size() >= 3 && parts.get(0).equals("api")) {
            group = "";
            version = parts.get(1);
            at = 2;
        } else if (parts.size() >= 4 && parts.get(0).equals("apis")) {
            group = parts.get(1);
            version = parts.get(2);
            at = 3;
        } else {
            return new RequestInfo(false, httpVerb, "", "", "", "", "", "", "");
        }
        boolean watchPath = parts.size() > at + 1 && parts.get(at).equals("watch");
        if (watchPath) {
            at++;
        }
        List<String> tail = parts.subList(at, parts.size());
        String namespace = "";
        if (tail.size() > 1 && tail.getFirst().equals("namespaces")) {
            namespace = tail.get(1);
            if (tail.size() > 2 && !(tail.size() == 3 && NAMESPACE_SUBRESOURCES.contains(tail.get(2)))) {
                tail = tail.subList(2, tail.size());
            }
        }
        String resource = tail.getFirst();
        String name = tail.size() > 1 ? tail.get(1) : "";
        String subresource = tail.size() > 2 ? tail.get(2) : "";
        String rest = tail.size() > 3 ? String.join("/", tail.subList(3, tail.size())) : "";
        if (resource.equals("namespaces")) {
            namespace = name;
        }
        return new RequestInfo(true, verb(request, httpVerb, name, watchPath), group, version, namespace, resource,
                name, subresource, rest);
    }

    private static String verb(Request request, String httpVerb, String name, boolean watchPath) {
        return switch (httpVerb) {
            case "post" -> "create";
            case "put" -> "update";
            case "patch" -> "patch";
            case "delete" -> name.isEmpty() ? "deletecollection" : "delete";
            case "get", "head" -> {
                if (watchPath || name.isEmpty() && request.flag("watch")) {
                    yield "watch";
                }
                yield name.isEmpty() ? "list" : "get";
            }
            default -> httpVerb;
        };
    }

    private static List<String> split(String path) {
        String trimmed = path;
        while (trimmed.startsWith("/")) {
            trimmed = trimmed.substring(1);
        }
        while (trimmed.endsWith("/")) {
            trimmed = trimmed.substring(0, trimmed.length() - 1);
        }
        return trimmed.isEmpty() ? List.of() : List.of(trimmed.split("/", -1));
    }
}
