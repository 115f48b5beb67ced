package dev.fairway.apiserver.front;

import dev.fairway.apiserver.authn.Impersonation;
import dev.fairway.apiserver.authz.Authorizer;
import dev.fairway.apiserver.discovery.Discovery;
import dev.fairway.apiserver.discovery.Health;
import dev.fairway.apiserver.encode.Simple;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.fairness.Flow;
import dev.fairway.apiserver.fairness.FlowControl;
import dev.fairway.apiserver.handler.ResourceServer;
import dev.fairway.apiserver.request.Attributes;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.RequestInfo;
import dev.fairway.apiserver.request.Response;
import dev.fairway.kube.KubernetesVersion;
import dev.fairway.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Answers any request, from whatever side it came, and never throws. */
public final class Front {
    private static final System.Logger LOG = System.getLogger(Front.class.getName());

    private final ResourceServer resources;
    private final Authorizer authorizer;
    private final Discovery discovery;
    private final Health health;
    private final Metrics metrics;
    private final FlowControl flowControl;
    private final List<PathHandler> paths;

    /** Serves paths that are no resources, such as /openapi. */
    @FunctionalInterface
    public interface PathHandler {
        /** The answer; empty when the path is not this handler's. */
        Optional<Response> answer(Request request, List<String> segments);
    }

    public Front(ResourceServer resources, Authorizer authorizer, Health health, Metrics metrics, List<PathHandler> paths) {
        this.resources = resources;
        this.authorizer = authorizer;
        this.discovery = new Discovery(resources.resources());
        this.health = health;
        this.metrics = metrics;
        this.flowControl = new FlowControl(metrics.registry());
        resources.objects().metrics().register(metrics.registry());
        resources.hubs().metrics().register(metrics.registry());
        ObjectCounts.register(metrics.registry(), resources.resources(), resources.store());
        this.paths = List.copyOf(paths);
    }

    /** The answer to an authenticated request. */
    public Response serve(Request request) {
        long start = System.nanoTime();
        RequestInfo info = RequestInfo.of(request);
        RequestLabels labels = RequestLabels.of(request, info, resources.resources());
        long[] waited = new long[1];
        metrics.begin(labels);
        Response response;
        try {
            response = inTurn(impersonated(request), info, waited);
        } catch (StatusException e) {
            response = error(request, e);
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.WARNING, () -> "store failed at " + request + ": " + e.getMessage());
            response = error(request, Errors.unavailable("the store is not available"));
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            LOG.log(System.Logger.Level.ERROR, () -> "failed to serve " + request, e);
            response = error(request, Errors.internal("the server failed to serve the request"));
        }
        metrics.end(labels, response, System.nanoTime() - start, waited[0]);
        return response;
    }

    private Response inTurn(Request request, RequestInfo info, long[] waited) {
        try (FlowControl.Seat seat = flowControl.enter(Flow.of(request, info))) {
            waited[0] = seat.waited();
            authorize(request, info);
            return info.isResource() ? resources.handle(request, info) : path(request);
        }
    }

    /** Counts a streaming answer until the returned action runs. */
    public Runnable streaming(Request request) {
        return metrics.running(RequestLabels.of(request, RequestInfo.of(request), resources.resources()));
    }

    /** The answer to a request that went wrong before it could be served. */
    public Response error(Request request, StatusException e) {
        return Simple.error(request, e, resources.hooks().protobuf());
    }

    /** The request as sent by whom its sender wants to be, and may be. */
    private Request impersonated(Request request) {
        Optional<Impersonation> wanted = Impersonation.of(request.user(), request.headers());
        if (wanted.isEmpty()) {
            return request;
        }
        wanted.get().wanted().forEach(this::require);
        return request.withUser(wanted.get().user());
    }

    private void authorize(Request request, RequestInfo info) {
        boolean many = info.isResource() && info.name().isEmpty() && (info.verb().equals("list") || info.verb().equals("watch"));
        String name = many ? selectedName(request.query("fieldSelector")) : info.name();
        require(new Attributes(request.user(), info.verb(), info.group(), info.version(), info.resource(),
                info.subresource(), info.namespace(), name, request.path()));
    }

    /** Who lists or watches one object by its name needs the right to that object only. */
    private static String selectedName(String fieldSelector) {
        return Stream.of(fieldSelector.split(",")).filter(part -> part.startsWith("metadata.name="))
                .map(part -> part.substring("metadata.name=".length()).replaceFirst("^=", ""))
                .findFirst().orElse("");
    }

    private void require(Attributes attributes) {
        Authorizer.Decision decision = authorizer.authorize(attributes);
        if (!decision.allowed()) {
            throw Errors.denied(attributes, decision.reason());
        }
    }

    private Response path(Request request) {
        List<String> segments = List.of(request.path().replaceAll("^/+|/+$", "").split("/"));
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw Errors.methodNotAllowed("the server does not allow this method on the requested resource");
        }
        Optional<Response> answer = switch (segments.getFirst()) {
            case "api", "apis" -> discovery.answer(request, segments);
            case "healthz", "livez", "readyz" -> health.answer(request, segments);
            case "version" -> segments.size() == 1
                    ? Optional.of(Simple.answer(request, 200, KubernetesVersion.toJson())) : Optional.empty();
            case "metrics" -> segments.size() == 1 ? Optional.of(metrics.answer()) : Optional.empty();
            case "" -> Optional.of(Simple.answer(request, 200, Paths.index(resources.resources(), health.paths())));
            default -> paths.stream().map(each -> each.answer(request, segments)).flatMap(Optional::stream).findFirst();
        };
        return answer.orElseThrow(Errors::noSuchPath);
    }
}
