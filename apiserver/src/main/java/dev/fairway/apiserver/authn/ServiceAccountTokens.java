package dev.fairway.apiserver.authn;

import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.apiserver.user.UserInfo;
import dev.fairway.kube.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Issues and checks the tokens of ServiceAccounts: bound to an account, perhaps to a Pod, Secret or Node too, for some
 * time and some audiences (KEP-1205). A token ends with what it is bound to.
 */
public final class ServiceAccountTokens {
    /** The issuer, and the audience of tokens for this API. */
    public static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

    private static final String PRIVATE_CLAIMS = "kubernetes.io";
    private static final Duration LEEWAY = Duration.ofSeconds(10);

    private final ServerContext server;
    private final SigningKeys keys;

    private ServiceAccountTokens(ServerContext server) {
        this.server = server;
        this.keys = SigningKeys.open(server.config().dataDir().resolve("pki"));
    }

    /** The one of a server. */
    public static ServiceAccountTokens of(ServerContext server) {
        return server.shared(ServiceAccountTokens.class, ServiceAccountTokens::new);
    }

    /**
     * What a token is bound to beside its account.
     *
     * @param kind Pod, Secret or Node
     */
    public record Bound(String kind, String name, String uid) {
    }

    /** A token with its end. */
    public record Issued(String token, Instant expires) {
        /** Leaves the token out. */
        @Override
        public String toString() {
            return "Issued[expires " + expires + "]";
        }
    }

    /**
     * Issues a token.
     *
     * @param account   the ServiceAccount
     * @param bound     what else it is bound to; a Pod brings the Node it runs on
     * @param audiences who may accept it; empty means this API
     */
    public Issued issue(ObjectNode account, List<Bound> bound, List<String> audiences, Duration life) {
        Instant now = server.clock().instant();
        Instant expires = now.plus(life);
        String namespace = account.path("metadata").path("namespace").asString("");
        String name = account.path("metadata").path("name").asString("");
        ObjectNode claims = Json.object();
        var audience = claims.putArray("aud");
        (audiences.isEmpty() ? List.of(ISSUER) : audiences).forEach(audience::add);
        claims.put("exp", expires.getEpochSecond()).put("iat", now.getEpochSecond()).put("iss", ISSUER)
                .put("jti", UUID.randomUUID().toString());
        ObjectNode own = claims.putObject(PRIVATE_CLAIMS).put("namespace", namespace);
        for (Bound object : bound) {
            own.putObject(object.kind().toLowerCase(java.util.Locale.ROOT)).put("name", object.name()).put("uid", object.uid());
        }
        own.putObject("serviceaccount").put("name", name)
                .put("uid", account.path("metadata").path("uid").asString(""));
        claims.put("nbf", now.getEpochSecond()).put("sub", userName(namespace, name));
        return new Issued(keys.sign(claims), expires);
    }

    /** Whether a token claims to be one of ours; if not, somebody else may know it. */
    boolean looksLikeOurs(String token) {
        return JsonWebSignature.parse(token).map(parsed -> parsed.claims().path("iss").asString(""))
                .filter(issuer -> issuer.equals(ISSUER) || issuer.equals(LegacyTokens.ISSUER)).isPresent();
    }

    String sign(ObjectNode claims) {
        return keys.sign(claims);
    }

    /**
     * The user of a token; empty if it is not valid, for whatever reason.
     *
     * @param audiences one of these must be the token's
     */
    public Optional<UserInfo> verify(String token, List<String> audiences) {
        return keys.verify(token).flatMap(claims -> {
            if (claims.path("iss").asString("").equals(LegacyTokens.ISSUER)) {
                return audiences.contains(ISSUER) ? LegacyTokens.account(server, claims, token).map(ServiceAccountTokens::user)
                        : Optional.empty();
            }
            return isCurrent(claims) && isFor(claims, audiences) ? user(claims.path(PRIVATE_CLAIMS), claims) : Optional.empty();
        });
    }

    private static UserInfo user(ObjectNode account) {
        JsonNode metadata = account.path("metadata");
        String namespace = metadata.path("namespace").asString("");
        return new UserInfo(userName(namespace, metadata.path("name").asString("")), metadata.path("uid").asString(""),
                groups(namespace), Map.of());
    }

    private static List<String> groups(String namespace) {
        return List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated");
    }

    /** The audiences of a token that are among those asked for. */
    public List<String> audiences(String token, List<String> wanted) {
        List<String> common = new ArrayList<>();
        keys.verify(token).filter(claims -> claims.path("iss").asString("").equals(LegacyTokens.ISSUER) && wanted.contains(ISSUER))
                .ifPresent(claims -> common.add(ISSUER));
        keys.verify(token).ifPresent(claims -> claims.path("aud").forEach(audience -> {
            if (wanted.contains(audience.asString(""))) {
                common.add(audience.asString(""));
            }
        }));
        return common;
    }

    /** The public keys, for those who verify tokens by themselves. */
    public ObjectNode toJwks() {
        return keys.toJwks();
    }

    private boolean isCurrent(ObjectNode claims) {
        Instant now = server.clock().instant();
        return claims.path("iss").asString("").equals(ISSUER)
                && now.isBefore(Instant.ofEpochSecond(claims.path("exp").asLong(0)))
                && !now.plus(LEEWAY).isBefore(Instant.ofEpochSecond(claims.path("nbf").asLong(Long.MAX_VALUE >> 16)));
    }

    private static boolean isFor(ObjectNode claims, List<String> audiences) {
        return claims.path("aud").valueStream().anyMatch(audience -> audiences.contains(audience.asString("")));
    }

    private Optional<UserInfo> user(JsonNode own, ObjectNode claims) {
        String namespace = own.path("namespace").asString("");
        JsonNode account = own.path("serviceaccount");
        String name = account.path("name").asString("");
        if (!claims.path("sub").asString("").equals(userName(namespace, name)) || !lives("", "serviceaccounts", namespace, account)) {
            return Optional.empty();
        }
        Map<String, List<String>> extra = new TreeMap<>();
        extra.put("authentication.kubernetes.io/credential-id", List.of("JTI=" + claims.path("jti").asString("")));
        for (String kind : List.of("pod", "secret", "node")) {
            JsonNode bound = own.path(kind);
            if (bound.isMissingNode()) {
                continue;
            }
            if (!lives("", kind + "s", kind.equals("node") ? "" : namespace, bound)) {
                return Optional.empty();
            }
            if (!kind.equals("secret")) {
                extra.put("authentication.kubernetes.io/" + kind + "-name", List.of(bound.path("name").asString("")));
                extra.put("authentication.kubernetes.io/" + kind + "-uid", List.of(bound.path("uid").asString("")));
            }
        }
        return Optional.of(new UserInfo(userName(namespace, name), account.path("uid").asString(""),
                groups(namespace), extra));
    }

    private boolean lives(String group, String plural, String namespace, JsonNode reference) {
        return server.get(server.resources().require(group, plural), namespace, reference.path("name").asString(""))
                .filter(object -> object.path("metadata").path("uid").asString("").equals(reference.path("uid").asString("")))
                .isPresent();
    }

    /** The user name of a ServiceAccount. */
    public static String userName(String namespace, String name) {
        return "system:serviceaccount:" + namespace + ":" + name;
    }
}
