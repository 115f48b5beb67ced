package dev.fairway.apiserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer.Answer;
import dev.fairway.kube.client.ApiRequest;
import dev.fairway.kube.client.ApiResponse;
import dev.fairway.kube.client.ApiTransport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
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

    /** Valid requests with a few random changes each; another seed by {@code -Dfairway.seed}. */
    @Test
    void mutatedRequestsNeverFailTheServer() throws IOException, InterruptedException {
        long seed = Long.getLong("fairway.seed", 20_261_123);
        Random random = new Random(seed);
        List<String> bodies = List.of(
                "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\",\"labels\":{\"a\":\"b\"}},\"spec\":{\"type\":\"NodePort\",\"ports\":[{\"name\":\"p\",\"port\":80,\"targetPort\":8080,\"nodePort\":30000,\"protocol\":\"TCP\"}],\"selector\":{\"a\":\"b\"},\"clusterIP\":\"10.96.0.9\"}}",
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"generateName\":\"p-\",\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"X\",\"name\":\"n\",\"uid\":\"u\"}]},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"ports\":[{\"containerPort\":80}],\"env\":[{\"name\":\"A\",\"value\":\"b\"}],\"readinessProbe\":{\"httpGet\":{\"port\":80,\"path\":\"/\"}}}]}}",
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\",\"annotations\":{\"a\":\"b\"},\"finalizers\":[\"x.io/y\"]},\"data\":{\"k\":\"v\"},\"binaryData\":{\"b\":\"AAAA\"}}",
                "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\"},\"spec\":{\"replicas\":2,\"selector\":{\"matchLabels\":{\"a\":\"b\"},\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\",\"values\":[\"b\"]}]},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}}",
                "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\",\"metadata\":{\"name\":\"n\"},\"spec\":{\"podSelector\":{},\"ingress\":[{\"ports\":[{\"port\":80,\"endPort\":90}],\"from\":[{\"ipBlock\":{\"cidr\":\"10.0.0.0/8\",\"except\":[\"10.1.0.0/16\"]}}]}]}}",
                "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"Ingress\",\"metadata\":{\"name\":\"i\"},\"spec\":{\"rules\":[{\"host\":\"*.a.b\",\"http\":{\"paths\":[{\"path\":\"/\",\"pathType\":\"Prefix\",\"backend\":{\"service\":{\"name\":\"s\",\"port\":{\"number\":80}}}}]}}]}}",
                "{\"apiVersion\":\"v1\",\"kind\":\"LimitRange\",\"metadata\":{\"name\":\"l\"},\"spec\":{\"limits\":[{\"type\":\"Container\",\"max\":{\"cpu\":\"2\",\"memory\":\"1Gi\"},\"min\":{\"cpu\":\"100m\"},\"default\":{\"cpu\":1}}],\"hard\":{\"pods\":\"10\",\"cpu\":\"1.5\"}}}",
                "[{\"op\":\"add\",\"path\":\"/metadata/labels\",\"value\":{\"a\":\"b\"}},{\"op\":\"test\",\"path\":\"/metadata/name\",\"value\":\"x\"}]",
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"$patch\":\"delete\"}],\"$setElementOrder/containers\":[{\"name\":\"c\"}]}}}}");
        List<String> paths = List.of("/api/v1/namespaces/fuzz/services", "/api/v1/namespaces/fuzz/pods", "/api/v1/namespaces/fuzz/configmaps",
                "/apis/apps/v1/namespaces/fuzz/deployments", "/apis/apps/v1/namespaces/fuzz/deployments/d", "/api/v1/namespaces/fuzz/limitranges", "/api/v1/namespaces/fuzz/resourcequotas",
                "/apis/networking.k8s.io/v1/namespaces/fuzz/networkpolicies", "/apis/networking.k8s.io/v1/namespaces/fuzz/ingresses", "/api/v1/namespaces/fuzz/services/s",
                "/api/v1/namespaces/fuzz/pods/x/status", "/apis/apps/v1/namespaces/fuzz/deployments/d/scale", "/api/v1/namespaces/fuzz/pods/x/binding");
        List<String> types = List.of("application/json", "application/json", "application/yaml", "application/merge-patch+json",
                "application/json-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml", "application/vnd.kubernetes.protobuf");
        List<String> queries = List.of("", "dryRun=All", "fieldManager=f", "fieldValidation=Strict", "limit=2", "labelSelector=a in (b)",
                "fieldSelector=metadata.name=x", "resourceVersion=3", "resourceVersionMatch=Exact", "continue=abc", "force=true", "propagationPolicy=Orphan");
        List<String> methods = List.of("POST", "POST", "PATCH", "PATCH", "PUT", "DELETE", "GET");
        server.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"fuzz\"}}");
        ApiTransport transport = server.server().transport("fuzz");
        for (int i = 0; i < 20_000; i++) {
            String method = methods.get(random.nextInt(methods.size()));
            byte[] body = mutate(random, bodies.get(random.nextInt(bodies.size())).getBytes(StandardCharsets.UTF_8));
            String query = new String(mutate(random, queries.get(random.nextInt(queries.size())).getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
            int equals = query.indexOf('=');
            Map<String, String> parameters = equals <= 0 ? Map.of() : Map.of(query.substring(0, equals), query.substring(equals + 1));
            ApiRequest request = ApiRequest.of(method, paths.get(random.nextInt(paths.size()))).withQuery(parameters)
                    .withBody(types.get(random.nextInt(types.size())), method.equals("GET") ? new byte[0] : body);
            try (ApiResponse response = transport.send(request)) {
                assertTrue(response.status() < 500, () -> "seed " + seed + ": " + request + " gave " + response.status() + " for "
                        + new String(body, StandardCharsets.UTF_8));
            }
        }
        assertEquals(200, server.get("/readyz").status());
    }

    private static byte[] mutate(Random random, byte[] source) {
        byte[] bytes = source.clone();
        for (int n = random.nextInt(4); n > 0 && bytes.length > 1; n--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = "{}[]\",:0-9truefalsnl".getBytes(StandardCharsets.US_ASCII)[random.nextInt(20)];
                case 2 -> {
                    int end = at + random.nextInt(Math.min(10, bytes.length - at));
                    byte[] shorter = new byte[bytes.length - (end - at)];
                    System.arraycopy(bytes, 0, shorter, 0, at);
                    System.arraycopy(bytes, end, shorter, at, bytes.length - end);
                    bytes = shorter;
                }
                case 3 -> {
                    int other = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(12), bytes.length - Math.max(at, other));
                    System.arraycopy(bytes, other, bytes, at, length);
                }
                default -> bytes[at] = (byte) (bytes[at] + 1);
            }
        }
        return bytes;
    }
}
