package dev.fairway.apiserver.authn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer;
import dev.fairway.apiserver.RunningServer.Answer;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens without an end, in Secrets. */
class LegacyTokensTest {
    private static final String WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

    private static String secret(String name, String account) {
        return "{\"metadata\":{\"name\":\"%s\",\"annotations\":{%s}},\"type\":\"kubernetes.io/service-account-token\"}".formatted(name,
                account.isEmpty() ? "" : "\"kubernetes.io/service-account.name\":\"" + account + "\"");
    }

    private static Answer who(RunningServer server, String token) {
        return server.send(server.client(null), "POST", WHO, "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\"}".getBytes(UTF_8),
                "Authorization", "Bearer " + token);
    }

    private static String text(Answer secret, String key) {
        return new String(Base64.getDecoder().decode(secret.json().path("data").path(key).asString("")), UTF_8);
    }

    @Test
    void aSecretsTokenIsGoodWhileTheSecretHoldsIt() {
        try (RunningServer server = new RunningServer()) {
            server.server().rolesMade().join();
            String home = "/api/v1/namespaces/default";
            server.post(home + "/serviceaccounts", "{\"metadata\":{\"name\":\"bot\"}}");
            Answer secret = server.post(home + "/secrets", secret("one", "bot"));
            assertEquals(201, secret.status(), secret.body());
            assertEquals("default", text(secret, "namespace"));
            assertTrue(text(secret, "ca.crt").startsWith("-----BEGIN CERTIFICATE-----"));
            String token = text(secret, "token");
            assertEquals("system:serviceaccount:default:bot", who(server, token).json().at("/status/userInfo/username").asString());
            // An update that leaves the token out gets another one; the old one is worth nothing then.
            Answer renewed = server.put(home + "/secrets/one", secret("one", "bot"));
            assertEquals(200, renewed.status(), renewed.body());
            assertTrue(who(server, text(renewed, "token")).json().at("/status/userInfo/groups").toString().contains("system:serviceaccounts:default"));
            server.delete(home + "/secrets/one", "");
            assertEquals(401, who(server, text(renewed, "token")).status());
            // A new account of the same name is another account.
            String second = text(server.post(home + "/secrets", secret("two", "bot")), "token");
            server.delete(home + "/serviceaccounts/bot", "");
            assertEquals(401, who(server, second).status());
            server.post(home + "/serviceaccounts", "{\"metadata\":{\"name\":\"bot\"}}");
            assertEquals(401, who(server, second).status());
            // Without an account there is nothing to put in.
            assertTrue(server.post(home + "/secrets", secret("three", "nobody")).json().path("data").isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "kubernetes.io/service-account-token|{}|metadata.annotations[kubernetes.io/service-account.name]",
        "kubernetes.io/basic-auth|{}|data[username]",
        "kubernetes.io/ssh-auth|{}|data[ssh-privatekey]",
        "kubernetes.io/tls|{\"tls.crt\":\"\"}|data[tls.key]",
        "kubernetes.io/dockerconfigjson|{\".dockerconfigjson\":\"bm8ganNvbg==\"}|data[.dockerconfigjson]",
        "Opaque|{\"a b\":\"\"}|data[a b]",
    })
    void typesOfSecretsHoldWhatTheyPromise(String type, String data, String field) {
        try (RunningServer server = new RunningServer()) {
            Answer refused = server.post("/api/v1/namespaces/default/secrets", "{\"metadata\":{\"name\":\"s\"},\"type\":\"" + type + "\",\"data\":" + data + "}");
            assertEquals(422, refused.status(), refused.body());
            assertEquals(field, refused.json().at("/details/causes/0/field").asString());
            assertTrue(!refused.body().contains("no json"), refused.body());
        }
    }
}
