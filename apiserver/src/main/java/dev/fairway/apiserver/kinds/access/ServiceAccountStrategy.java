package dev.fairway.apiserver.kinds.access;

import dev.fairway.apiserver.authn.ServiceAccountTokens;
import dev.fairway.apiserver.authn.ServiceAccountTokens.Bound;
import dev.fairway.apiserver.authn.ServiceAccountTokens.Issued;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.kinds.Check;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.apiserver.registry.Subresource;
import dev.fairway.kube.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** ServiceAccounts, and the TokenRequest on their subresource. */
public final class ServiceAccountStrategy implements Strategy {
    private static final long SHORTEST = 600;
    private static final long LONGEST = 1L << 32;
    private static final long DEFAULT = 3600;

    @Override
    public Optional<ObjectNode> answer(StrategyContext context, ObjectNode request) {
        if (context.subresource() != Subresource.TOKEN) {
            return Optional.empty();
        }
        ServerContext server = context.server();
        ObjectNode account = server.get(context.resource(), context.namespace(), context.name())
                .orElseThrow(() -> Errors.notFound(context.resource(), context.name()));
        ObjectNode spec = request.withObjectProperty("spec");
        long seconds = spec.hasNonNull("expirationSeconds") ? spec.path("expirationSeconds").asLong(0) : DEFAULT;
        Check check = new Check();
        if (seconds < SHORTEST) {
            check.invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
        } else if (seconds > LONGEST) {
            check.invalid("spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds");
        }
        if (!check.errors().isEmpty()) {
            throw Errors.invalid("authentication.k8s.io", "TokenRequest", context.name(), check.errors());
        }
        List<String> audiences = spec.path("audiences").valueStream().map(audience -> audience.asString("")).toList();
        List<Bound> bound = spec.path("boundObjectRef").isObject() ? bound(context, spec.path("boundObjectRef")) : List.of();
        Issued issued = ServiceAccountTokens.of(server).issue(account, bound, audiences, Duration.ofSeconds(seconds));
        if (audiences.isEmpty()) {
            spec.putArray("audiences").add(ServiceAccountTokens.ISSUER);
        }
        spec.put("expirationSeconds", seconds);
        ObjectNode metadata = request.withObjectProperty("metadata");
        metadata.put("name", context.name()).put("namespace", context.namespace())
                .put("creationTimestamp", Times.format(server.clock().instant()));
        request.putObject("status").put("token", issued.token())
                .put("expirationTimestamp", Times.format(issued.expires()));
        return Optional.of(request);
    }

    private static List<Bound> bound(StrategyContext context, JsonNode reference) {
        String kind = reference.path("kind").asString("");
        if (!List.of("Pod", "Secret", "Node").contains(kind)) {
            throw Errors.badRequest("cannot bind token to object of type "
                    + reference.path("apiVersion").asString("") + ", Kind=" + kind);
        }
        String name = reference.path("name").asString("");
        ObjectNode object = find(context, kind, name);
        String uid = object.path("metadata").path("uid").asString("");
        String wanted = reference.path("uid").asString("");
        if (!wanted.isEmpty() && !wanted.equals(uid)) {
            throw Errors.conflict(context.resource(), context.name(), "the UID in the bound object reference (" + wanted
                    + ") does not match the UID in record. The object might have been deleted and then recreated");
        }
        List<Bound> bound = new ArrayList<>(List.of(new Bound(kind, name, uid)));
        if (kind.equals("Pod")) {
            String account = object.path("spec").path("serviceAccountName").asString("default");
            if (!account.equals(context.name())) {
                throw Errors.badRequest("cannot bind token for serviceaccount \"" + context.name()
                        + "\" to pod running with different serviceaccount name.");
            }
            String node = object.path("spec").path("nodeName").asString("");
            context.server().get(resource(context, "Node"), "", node).ifPresent(found ->
                    bound.add(new Bound("Node", node, found.path("metadata").path("uid").asString(""))));
        }
        return bound;
    }

    private static ObjectNode find(StrategyContext context, String kind, String name) {
        ResourceDefinition resource = resource(context, kind);
        return context.server().get(resource, resource.namespaced() ? context.namespace() : "", name)
                .orElseThrow(() -> Errors.notFound(resource, name));
    }

    private static ResourceDefinition resource(StrategyContext context, String kind) {
        return context.server().resources().require("", kind.toLowerCase(Locale.ROOT) + "s");
    }
}
