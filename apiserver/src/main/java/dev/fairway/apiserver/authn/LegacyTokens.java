package dev.fairway.apiserver.authn;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.kube.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tokens of ServiceAccounts without an end, in Secrets of the type {@code kubernetes.io/service-account-token}: who
 * makes such a Secret and names an account in its annotation finds the token, the CA and the namespace in it. A token
 * is good for as long as its Secret holds it.
 */
public final class LegacyTokens {
    public static final String TYPE = "kubernetes.io/service-account-token";
    public static final String ACCOUNT = "kubernetes.io/service-account.name";
    static final String ISSUER = "kubernetes/serviceaccount";
    private static final String ACCOUNT_UID = "kubernetes.io/service-account.uid";
    private static final String CLAIM = "kubernetes.io/serviceaccount/";

    private LegacyTokens() {
    }

    /** Fills a Secret in; one whose account does not exist, or is not the one meant, stays as it is. */
    public static void fill(ServerContext server, ObjectNode secret) {
        JsonNode metadata = secret.path("metadata");
        String namespace = metadata.path("namespace").asString("");
        Optional<ObjectNode> account = server.get(server.resources().require("", "serviceaccounts"), namespace,
                metadata.path("annotations").path(ACCOUNT).asString(""));
        if (account.isEmpty()) {
            return;
        }
        String uid = account.get().path("metadata").path("uid").asString("");
        String wanted = metadata.path("annotations").path(ACCOUNT_UID).asString("");
        if (!wanted.isEmpty() && !wanted.equals(uid)) {
            return;
        }
        secret.withObject("/metadata/annotations").put(ACCOUNT_UID, uid);
        ObjectNode data = secret.withObjectProperty("data");
        if (!data.has("token")) {
            data.put("token", encoded(ServiceAccountTokens.of(server).sign(claims(account.get(), metadata.path("name").asString("")))));
        }
        data.put("namespace", encoded(namespace));
        data.put("ca.crt", encoded(authority(server)));
    }

    private static ObjectNode claims(ObjectNode account, String secret) {
        String namespace = account.path("metadata").path("namespace").asString("");
        String name = account.path("metadata").path("name").asString("");
        return Json.object().put("iss", ISSUER)
                .put(CLAIM + "namespace", namespace)
                .put(CLAIM + "secret.name", secret)
                .put(CLAIM + "service-account.name", name)
                .put(CLAIM + "service-account.uid", account.path("metadata").path("uid").asString(""))
                .put("sub", ServiceAccountTokens.userName(namespace, name));
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private static String authority(ServerContext server) {
        try {
            return Files.readString(server.config().dataDir().resolve("pki").resolve("ca.crt"));
        } catch (IOException e) {
            throw new UncheckedIOException("the certificate of the cluster's authority", e);
        }
    }

    /**
     * The account that verified claims are for, as namespace, name and uid say it.
     *
     * @return empty when the Secret does not hold this token any more
     */
    static Optional<ObjectNode> account(ServerContext server, ObjectNode claims, String token) {
        String namespace = claims.path(CLAIM + "namespace").asString("");
        return server.get(server.resources().require("", "secrets"), namespace, claims.path(CLAIM + "secret.name").asString(""))
                .filter(secret -> !secret.path("metadata").hasNonNull("deletionTimestamp")
                        && secret.path("data").path("token").asString("").equals(encoded(token)))
                .flatMap(secret -> server.get(server.resources().require("", "serviceaccounts"), namespace,
                        claims.path(CLAIM + "service-account.name").asString("")))
                .filter(account -> account.path("metadata").path("uid").equals(claims.path(CLAIM + "service-account.uid")));
    }
}
