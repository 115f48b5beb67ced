package dev.fairway.apiserver.front;

import dev.fairway.apiserver.registry.ResourceTable;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.RequestInfo;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * By what kube-apiserver counts a request. Only what exists makes a label: whatever clients may ask for, there are no more
 * than the kinds make.
 *
 * @param verb      the HTTP method, but LIST, WATCH, APPLY and CONNECT where a GET, PATCH or whatever means that
 * @param scope     {@code resource}, {@code namespace}, {@code cluster}, or empty for what is no resource
 * @param component empty for what is no resource
 */
record RequestLabels(String verb, String dryRun, String group, String version, String resource, String subresource,
                     String scope, String component) {

    private static final String OTHER = "other";
    private static final Set<String> METHODS = Set.of("DELETE", "GET", "LIST", "PATCH", "POST", "PUT");
    private static final Set<String> PATHS = Set.of("api", "apis", "healthz", "livez", "metrics", "openapi", "readyz", "version");

    static RequestLabels of(Request request, RequestInfo info, ResourceTable table) {
        boolean known = info.isResource() && table.find(info.group(), info.version(), info.resource()).isPresent()
                && (info.subresource().isEmpty() || Subresource.byPath(info.subresource()) != null);
        if (known) {
            String scope = scope(info);
            return new RequestLabels(verb(request, info, scope), dryRun(request), info.group(), info.version(), info.resource(),
                    info.subresource(), scope, "apiserver");
        }
        String verb = info.isResource() ? OTHER : verb(request, info, "");
        return new RequestLabels(verb, "", "", "", "", info.isResource() ? "" : path(request), "", "");
    }

    private static String path(Request request) {
        String[] segments = request.path().split("/", 3);
        return segments.length > 1 && PATHS.contains(segments[1]) ? "/" + segments[1] : "";
    }

    private static String scope(RequestInfo info) {
        if (!info.name().isEmpty() || info.verb().equals("create")) {
            return "resource";
        }
        return info.namespace().isEmpty() ? "cluster" : "namespace";
    }

    private static String verb(Request request, RequestInfo info, String scope) {
        if (info.subresource().equals("log")) {
            return "CONNECT";
        }
        if (info.verb().equals("watch")) {
            return "WATCH";
        }
        String method = request.method().toUpperCase(Locale.ROOT);
        if (method.equals("GET") || method.equals("HEAD")) {
            return scope.isEmpty() || scope.equals("resource") ? "GET" : "LIST";
        }
        if (method.equals("PATCH") && request.header("content-type").startsWith("application/apply-patch")) {
            return "APPLY";
        }
        return METHODS.contains(method) ? method : OTHER;
    }

    private static String dryRun(Request request) {
        List<String> values = request.query().getOrDefault("dryRun", List.of());
        if (values.isEmpty()) {
            return "";
        }
        return values.stream().allMatch("All"::equals) ? "All" : "invalid";
    }

    boolean readOnly() {
        return verb.equals("GET") || verb.equals("LIST") || verb.equals("WATCH");
    }

    /** Sorted by their names, as all methods that give several are: with the code. */
    String[] requests(int code) {
        return new String[] {Integer.toString(code), component, dryRun, group, resource, scope, subresource, verb, version};
    }

    String[] durations() {
        return new String[] {component, dryRun, group, resource, scope, subresource, verb, version};
    }

    String[] plain() {
        return new String[] {component, group, resource, scope, subresource, verb, version};
    }

    String[] plain(int code) {
        return new String[] {Integer.toString(code), component, group, resource, scope, subresource, verb, version};
    }
}
