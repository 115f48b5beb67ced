package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Accepted;
import dev.fairway.apiserver.encode.Encoder;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.RequestInfo;
import dev.fairway.apiserver.user.UserInfo;
import dev.fairway.schema.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One request to a resource, with what has been found out about it. */
final class Scope implements StrategyContext {
    private static final int MAX_AGENT = 128;
    private static final Set<String> INCLUDES = Set.of("", "Metadata", "Object", "None");

    private final ResourceServer server;
    private final Request request;
    private final RequestInfo info;
    private final ResourceDefinition resource;
    private final Subresource subresource;
    private final boolean dryRun;
    private final List<String> warnings = new ArrayList<>(0);

    Scope(ResourceServer server, Request request, RequestInfo info, ResourceDefinition resource,
          Subresource subresource, boolean dryRun) {
        this.server = server;
        this.request = request;
        this.info = info;
        this.resource = resource;
        this.subresource = subresource;
        this.dryRun = dryRun;
    }

    /** The same request for another object or subresource. */
    Scope forObject(String namespace, String name, Subresource other) {
        return new Scope(server, request, new RequestInfo(true, info.verb(), info.group(), info.version(), namespace,
                info.resource(), name, other == null ? "" : other.path(), ""), resource, other, dryRun);
    }

    /** A request like this one for an object of another kind. */
    Scope forResource(ResourceDefinition other, String namespace, String name, Subresource below) {
        return new Scope(server, request, new RequestInfo(true, info.verb(), other.group(), other.version(), namespace,
                other.plural(), name, below == null ? "" : below.path(), ""), other, below, dryRun);
    }

    /** The same request with another (JSON) body. */
    Scope withBody(byte[] json) {
        Map<String, List<String>> headers = new java.util.HashMap<>(request.headers());
        headers.put("content-type", List.of("application/json"));
        Request changed = new Request(request.method(), request.path(), request.query(), headers, json, request.user());
        return new Scope(server, changed, info, resource, subresource, dryRun);
    }

    /** The same request, changing nothing for good. */
    Scope asDryRun() {
        return new Scope(server, request, info, resource, subresource, true);
    }

    ResourceServer machinery() {
        return server;
    }

    Request request() {
        return request;
    }

    RequestInfo info() {
        return info;
    }

    /** How this client wants objects. */
    Encoder encoder() {
        String kind = resource.kind();
        boolean protobuf = server.hooks().protobuf().supports(resource.apiVersion(version()), kind);
        Accepted accepted = Accepted.of(request, true, protobuf);
        String include = request.query("includeObject");
        if (accepted.view() == Accepted.View.TABLE && !INCLUDES.contains(include)) {
            throw Errors.badRequest("Unable to convert to Table as requested: " + FieldError.invalid("includeObject", include,
                    "must be 'Metadata', 'Object', 'None', or empty").error());
        }
        return new Encoder(resource, version(), accepted, include.isEmpty() ? "Metadata" : include,
                server.hooks().protobuf(), server.clock().instant());
    }

    /** The field manager's name: as given, else by the User-Agent. */
    String manager() {
        String given = request.query("fieldManager");
        if (!given.isEmpty()) {
            return given;
        }
        String agent = request.header("user-agent");
        int slash = agent.indexOf('/');
        String prefix = (slash < 0 ? agent : agent.substring(0, slash)).codePoints().filter(WriteOptions::printable)
                .limit(MAX_AGENT).collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        return prefix.isEmpty() ? "unknown" : prefix;
    }

    /** The Warning headers collected so far. */
    Map<String, List<String>> headers() {
        if (warnings.isEmpty()) {
            return Map.of();
        }
        return Map.of("Warning", warnings.stream().distinct()
                .map(text -> "299 - \"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ") + "\"")
                .toList());
    }

    @Override
    public UserInfo user() {
        return request.user();
    }

    @Override
    public ResourceDefinition resource() {
        return resource;
    }

    @Override
    public String version() {
        return info.version();
    }

    @Override
    public String namespace() {
        return resource.namespaced() ? info.namespace() : "";
    }

    @Override
    public String name() {
        return info.name();
    }

    @Override
    public Subresource subresource() {
        return subresource;
    }

    @Override
    public boolean dryRun() {
        return dryRun;
    }

    @Override
    public void warn(String text) {
        warnings.add(text);
    }

    @Override
    public ServerContext server() {
        return server;
    }
}
