package dev.fairway.apiserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer.Answer;
import dev.fairway.kube.Json;
import dev.fairway.schema.Protobuf;
import dev.fairway.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * 20,000 valid requests with a few random changes each, over HTTP: what is refused is refused with a 4xx and a Status
 * that says why, and has changed nothing; what was taken for it is free again. Another seed by {@code -Dfairway.seed}.
 */
class MutationsTest {
    private static final int REQUESTS = 20_000;
    private static final String CORE = "/api/v1/namespaces/fuzz/";
    private static final String APPS = "/apis/apps/v1/namespaces/fuzz/deployments";
    private static final String NETWORKING = "/apis/networking.k8s.io/v1/namespaces/fuzz/";
    private static final String JSON = "application/json";
    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
    private static final String CONFIG_MAP = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{%s,\"annotations\":{\"a\":\"b\"},\"labels\":{\"l\":\"m\"}},\"data\":{\"k\":\"v\"},\"binaryData\":{\"b\":\"AAAA\"}}";
    private static final String DEPLOYMENT = "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{%s},\"spec\":{\"replicas\":2,\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"resources\":{\"requests\":{\"cpu\":\"100m\"}}}]}}}}";
    private static final String POD = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{%s,\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"X\",\"name\":\"n\",\"uid\":\"u\"}]},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"ports\":[{\"containerPort\":80}],\"env\":[{\"name\":\"A\",\"value\":\"b\"}],\"readinessProbe\":{\"httpGet\":{\"port\":80,\"path\":\"/\"}}}]}}";
    private static final String SERVICE = "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{%s},\"spec\":{\"type\":\"NodePort\",\"ports\":[{\"name\":\"p\",\"port\":80,\"targetPort\":8080,\"nodePort\":30000,\"protocol\":\"TCP\"}],\"selector\":{\"a\":\"b\"},\"clusterIP\":\"10.96.0.9\"}}";
    private static final String GENERATED = "\"generateName\":\"g-\"";

    /** A valid request: the body as text, which is JSON and so also YAML. */
    private record Valid(String method, String path, String type, String body) {
        private static Valid create(String path, String body) {
            return new Valid("POST", path, JSON, body.formatted(GENERATED));
        }

        private static Valid patch(String path, String type, String body) {
            return new Valid("PATCH", path, "application/" + type, body);
        }
    }

    private static final List<Valid> VALID = List.of(
            Valid.create(CORE + "configmaps", CONFIG_MAP), Valid.create(CORE + "services", SERVICE), Valid.create(CORE + "pods", POD), Valid.create(APPS, DEPLOYMENT),
            new Valid("POST", CORE + "configmaps", "application/yaml", CONFIG_MAP.formatted(GENERATED)),
            new Valid("POST", CORE + "pods", PROTOBUF, POD.formatted(GENERATED)), new Valid("POST", CORE + "services", PROTOBUF, SERVICE.formatted(GENERATED)),
            Valid.create(CORE + "services", "{\"metadata\":{%s},\"spec\":{\"ports\":[{\"port\":80}],\"ipFamilyPolicy\":\"PreferDualStack\",\"externalIPs\":[\"1.2.3.4\"]}}"),
            Valid.create(NETWORKING + "networkpolicies", "{\"metadata\":{%s},\"spec\":{\"podSelector\":{},\"ingress\":[{\"ports\":[{\"port\":80,\"endPort\":90}],\"from\":[{\"ipBlock\":{\"cidr\":\"10.0.0.0/8\",\"except\":[\"10.1.0.0/16\"]}}]}]}}"),
            Valid.create(NETWORKING + "ingresses", "{\"metadata\":{%s},\"spec\":{\"rules\":[{\"host\":\"*.a.b\",\"http\":{\"paths\":[{\"path\":\"/\",\"pathType\":\"Prefix\",\"backend\":{\"service\":{\"name\":\"s\",\"port\":{\"number\":80}}}}]}}]}}"),
            Valid.create(CORE + "limitranges", "{\"metadata\":{%s},\"spec\":{\"limits\":[{\"type\":\"Container\",\"max\":{\"cpu\":\"2\",\"memory\":\"1Gi\"},\"min\":{\"cpu\":\"100m\"},\"default\":{\"cpu\":1}}]}}"),
            new Valid("PUT", CORE + "configmaps/c", JSON, CONFIG_MAP.formatted("\"name\":\"c\"")), new Valid("PUT", APPS + "/d", PROTOBUF, DEPLOYMENT.formatted("\"name\":\"d\"")),
            Valid.patch(CORE + "configmaps/c", "json-patch+json", "[{\"op\":\"add\",\"path\":\"/metadata/labels\",\"value\":{\"a\":\"b\"}},{\"op\":\"test\",\"path\":\"/metadata/name\",\"value\":\"c\"},{\"op\":\"remove\",\"path\":\"/metadata/labels/a\"}]"),
            Valid.patch(CORE + "configmaps/c", "merge-patch+json", "{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"data\":{\"x\":null,\"k\":\"w\"}}"),
            Valid.patch(APPS + "/d", "strategic-merge-patch+json", "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"e\",\"image\":\"i\"},{\"name\":\"f\",\"$patch\":\"delete\"}],\"$setElementOrder/containers\":[{\"name\":\"c\"},{\"name\":\"e\"}]}}}}"),
            Valid.patch(APPS + "/d?fieldManager=f&force=true", "apply-patch+yaml", "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\"},\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"z\"}]}}}}"),
            Valid.patch(CORE + "services/s", "merge-patch+json", "{\"spec\":{\"ports\":[{\"port\":81,\"nodePort\":30001}],\"type\":\"NodePort\"}}"),
            new Valid("PUT", APPS + "/d/scale", JSON, "{\"apiVersion\":\"autoscaling/v1\",\"kind\":\"Scale\",\"metadata\":{\"name\":\"d\"},\"spec\":{\"replicas\":3}}"),
            Valid.patch(CORE + "pods/x/status", "strategic-merge-patch+json", "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}],\"podIPs\":[{\"ip\":\"10.0.0.1\"}]}}"),
            new Valid("POST", CORE + "pods/x/binding", JSON, "{\"apiVersion\":\"v1\",\"kind\":\"Binding\",\"metadata\":{\"name\":\"x\"},\"target\":{\"kind\":\"Node\",\"name\":\"n\"}}"),
            new Valid("POST", CORE + "pods/x/eviction?dryRun=All", JSON, "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"x\"},\"deleteOptions\":{\"gracePeriodSeconds\":5}}"),
            new Valid("DELETE", CORE + "configmaps/c?dryRun=All", JSON, "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"propagationPolicy\":\"Foreground\",\"preconditions\":{\"uid\":\"u\"}}"),
            new Valid("GET", CORE + "configmaps?limit=2&labelSelector=l%20in%20(m)", JSON, ""), new Valid("GET", CORE + "pods?resourceVersion=3&resourceVersionMatch=Exact&limit=2", JSON, ""),
            new Valid("GET", CORE + "pods?fieldSelector=status.phase!=Running&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTYxLCJzdGFydCI6InMxXHUwMDAwIn0", JSON, ""));

    @Test
    void mutatedRequestsNeverFailTheServerNorChangeAnything() {
        long seed = Long.getLong("fairway.seed", 20_261_123);
        Random random = new Random(seed);
        Map<Integer, Integer> codes = new TreeMap<>();
        try (RunningServer server = new RunningServer()) {
            assertEquals(201, server.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"fuzz\"}}").status());
            for (Valid each : List.of(new Valid("", CORE + "configmaps", "", CONFIG_MAP.formatted("\"name\":\"c\"")), new Valid("", APPS, "", DEPLOYMENT.formatted("\"name\":\"d\"")),
                    new Valid("", CORE + "pods", "", POD.formatted("\"name\":\"x\"")), new Valid("", CORE + "services", "", "{\"metadata\":{\"name\":\"s\"},\"spec\":{\"ports\":[{\"port\":80}]}}"))) {
                assertEquals(201, server.post(each.path, each.body).status());
            }
            for (int i = 0; i < REQUESTS; i++) {
                Valid valid = VALID.get(random.nextInt(VALID.size()));
                boolean bodyless = valid.method.equals("GET");
                byte[] text = valid.body.getBytes(StandardCharsets.UTF_8);
                byte[] body = mutate(random, valid.type.equals(PROTOBUF) ? Protobuf.encode(Json.parseObject(text)) : text);
                String path = bodyless || random.nextInt(20) == 0 ? mutatedQuery(random, valid.path) : valid.path;
                long before = server.store().revision();
                Answer answer = server.send(valid.method, path, bodyless ? null : body, "Content-Type", valid.type);
                codes.merge(answer.status(), 1, Integer::sum);
                String what = "seed " + seed + ", request " + i + ": " + valid.method + " " + path + " as " + valid.type + " with "
                        + new String(body, StandardCharsets.UTF_8) + " gave " + answer.status() + " " + answer.body();
                assertTrue(answer.status() < 500 || answer.status() == 504 && answer.reason().equals("Timeout"), what);
                if (answer.status() >= 400) {
                    assertEquals(answer.status(), answer.json().path("code").asInt(), what);
                    assertTrue(!answer.message().isEmpty() && !answer.reason().isEmpty(), what);
                    assertTrue(server.store().revision() == before || unchanged(server.store(), before), what);
                }
            }
            assertTrue(Stream.of(200, 201, 400, 422).allMatch(code -> codes.getOrDefault(code, 0) > REQUESTS / 40),
                    "one-sided: " + codes);
            assertNothingIsKept(server);
        }
    }

    /** Whether a store holds what it held at a revision; what was taken and given back since, such as an address, is not seen. */
    private static boolean unchanged(Store store, long revision) {
        return store.list("/registry/", "", 0, revision).entries().equals(store.list("/registry/", "", 0, 0).entries());
    }

    /** The node port and the cluster IP that hundreds of requests, good and bad, have asked for can be had. */
    private static void assertNothingIsKept(RunningServer server) {
        server.send("DELETE", "/api/v1/namespaces/fuzz/services", null);
        assertEquals(0, server.get("/api/v1/namespaces/fuzz/services").json().path("items").size());
        Answer service = server.post("/api/v1/namespaces/fuzz/services", "{\"metadata\":{\"name\":\"again\"},\"spec\":{\"type\":\"NodePort\","
                + "\"clusterIP\":\"10.96.0.9\",\"ports\":[{\"port\":80,\"nodePort\":30000}]}}");
        assertEquals(201, service.status(), service.body());
        assertEquals(200, server.get("/readyz").status());
    }

    /** A target with changed options, each byte escaped that may not stand there as it is. */
    private static String mutatedQuery(Random random, String target) {
        int start = target.indexOf('?') + 1;
        if (start == 0) {
            return target;
        }
        StringBuilder changed = new StringBuilder(target.substring(0, start));
        for (byte each : mutate(random, target.substring(start).getBytes(StandardCharsets.US_ASCII))) {
            boolean plain = Character.isLetterOrDigit(each & 0x7f) && each > 0 || each == '=' || each == '&' || each == '.';
            changed.append(plain ? String.valueOf((char) each) : String.format("%%%02x", each));
        }
        return changed.toString();
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
