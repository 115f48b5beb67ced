package dev.fairway.apiserver.front;

import dev.fairway.apiserver.authn.ServiceAccountTokens;
import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.Response;
import dev.fairway.kube.Json;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What those who check ServiceAccount tokens by themselves ask for: the issuer
 * (<a href="https://openid.net/specs/openid-connect-discovery-1_0.html">OpenID Connect Discovery</a>) and its keys.
 */
public final class IssuerDiscovery implements Front.PathHandler {
    private static final List<String> CONFIGURATION = List.of(".well-known", "openid-configuration");
    private static final List<String> KEYS = List.of("openid", "v1", "jwks");

    private final ServerContext server;

    public IssuerDiscovery(ServerContext server) {
        this.server = server;
    }

    @Override
    public Optional<Response> answer(Request request, List<String> segments) {
        if (segments.equals(KEYS)) {
            JsonNode keys = ServiceAccountTokens.of(server).toJwks();
            return Optional.of(new Response.Whole(200, "application/jwk-set+json", Json.bytes(keys)));
        }
        if (segments.equals(CONFIGURATION)) {
            return Optional.of(new Response.Whole(200, "application/json", Json.bytes((JsonNode) configuration())));
        }
        return Optional.empty();
    }

    private ObjectNode configuration() {
        ObjectNode json = Json.object().put("issuer", ServiceAccountTokens.ISSUER)
                .put("jwks_uri", base() + "/" + String.join("/", KEYS));
        json.putArray("response_types_supported").add("id_token");
        json.putArray("subject_types_supported").add("public");
        var algorithms = json.putArray("id_token_signing_alg_values_supported");
        ServiceAccountTokens.of(server).toJwks().path("keys").valueStream().map(key -> key.path("alg").asString(""))
                .distinct().sorted().forEach(algorithms::add);
        return json;
    }

    private String base() {
        List<InetSocketAddress> endpoints = server.config().advertisedEndpoints();
        if (endpoints.isEmpty()) {
            return ServiceAccountTokens.ISSUER;
        }
        InetSocketAddress first = endpoints.getFirst();
        String host = first.getAddress().getHostAddress();
        return "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + first.getPort();
    }
}
