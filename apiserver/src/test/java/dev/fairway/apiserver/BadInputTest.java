package dev.fairway.apiserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.apiserver.RunningServer.Answer;
import dev.fairway.apiserver.config.ApiServerConfig;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no client should send: the right 4xx, never a 5xx, and nothing is changed. */
class BadInputTest {
    private static final String PATH = "/api/v1/namespaces/default/configmaps";
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void assertUnharmed() {
        assertEquals(0, server.get(PATH).json().path("items").size(), "nothing was created");
    }

    @Test
    void anOversizedBodyIsTooLarge() {
        byte[] body = ("{\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"" + "x".repeat(ApiServerConfig.MAX_BODY_BYTES) + "\"}}")
                .getBytes(StandardCharsets.UTF_8);
        Answer answer = server.send("POST", PATH, body);
        assertEquals(413, answer.status());
        assertEquals("RequestEntityTooLarge", answer.reason());
        assertUnharmed();
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "{\"metadata\":{\"name\":\"a\"},\"data\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        assertEquals(400, server.post(PATH, deep).status());
        assertEquals(400, server.send("POST", PATH, ("a: " + "[".repeat(10_000)).getBytes(), "Content-Type", "application/yaml").status());
        assertUnharmed();
    }

    @Test
    void aYamlBombDoesNotExplode() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append('a').append(i).append(": &a").append(i).append(" [").append(("*a" + (i - 1) + ",").repeat(8)).append("*a").append(i - 1).append("]\n");
        }
        Answer answer = server.send("POST", PATH, bomb.toString().getBytes(), "Content-Type", "application/yaml");
        assertEquals(4, answer.status() / 100, answer.body());
        assertUnharmed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "nonsense", "[]", "\"text\"", "5", "null", "{}{}", "{\"metadata\":[]}", "{\"metadata\":{\"name\":5}}",
        "{\"metadata\":{\"labels\":[]}}", "{\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":{}}}", "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}",
        "{\"apiVersion\":\"v9\",\"metadata\":{\"name\":\"a\"}}", "{\"metadata\":{\"name\":\"a\",\"namespace\":\"other\"}}",
        "{\"metadata\":{\"name\":\"a\",\"creationTimestamp\":\"yesterday\"}}", "{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"7\"}}",
        "{\"metadata\":{\"name\":\"a\"},\"binaryData\":{\"k\":\"%%%\"}}", "{\"metadata\":{\"generation\":1e99,\"name\":\"a\"}}"})
    void brokenBodiesAreBadRequests(String body) {
        Answer answer = server.post(PATH, body);
        assertEquals(400, answer.status(), answer.body());
        assertEquals("BadRequest", answer.reason());
        assertUnharmed();
    }

    @Test
    void brokenTextIsABadRequest() {
        byte[] broken = "{\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"\u00ff\"}}".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(400, server.send("POST", PATH, broken).status());
        byte[] overlong = "{\"metadata\":{\"name\":\"a??\"}}".getBytes(StandardCharsets.ISO_8859_1);
        overlong[22] = (byte) 0xc0;
        overlong[23] = (byte) 0xaf;
        assertEquals(4, server.send("POST", PATH, overlong).status() / 100);
        assertUnharmed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"})
    void unknownContentTypesAreUnsupported(String type) {
        assertEquals(415, server.send("POST", PATH, "{\"metadata\":{\"name\":\"a\"}}".getBytes(), "Content-Type", type).status());
        assertUnharmed();
    }

    @Test
    void brokenProtobufIsABadRequest() {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] body = new byte[random.nextInt(60)];
            random.nextBytes(body);
            if (body.length > 4) {
                System.arraycopy(new byte[] {'k', '8', 's', 0}, 0, body, 0, 4);
            }
            int status = server.send("POST", PATH, body, "Content-Type", "application/vnd.kubernetes.protobuf").status();
            assertEquals(400, status, "seed 7, attempt " + i);
        }
        assertUnharmed();
    }

    @ParameterizedTest
    @CsvSource({"/api/v1/namespaces/default/configmaps/%ff,400", "/api/v1/namespaces/%2e%2e/configmaps,200",
        "/api/v1/namespaces/default%2fconfigmaps/a,404"})
    void strangePaths(String path, int status) {
        assertEquals(status, server.get(path).status());
    }
}
