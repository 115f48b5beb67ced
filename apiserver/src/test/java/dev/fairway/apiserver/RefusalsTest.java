package dev.fairway.apiserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer.Answer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, with the code and in the words of Kubernetes, since people and programs match on both. */
class RefusalsTest {
    private static RunningServer server;
    private String namespace;
    private String maps;
    private String deployments;

    @BeforeAll
    static void start() {
        server = new RunningServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void objects() {
        namespace = server.namespace();
        maps = "/api/v1/namespaces/" + namespace + "/configmaps";
        deployments = "/apis/apps/v1/namespaces/" + namespace + "/deployments";
        assertEquals(201, server.post(maps, "{\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"v\"}}").status());
        assertEquals(201, server.post(deployments, "{\"metadata\":{\"name\":\"d\"},\"spec\":{\"replicas\":0,\"selector\":{\"matchLabels\":{\"a\":\"b\"}},"
                + "\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}}").status());
    }

    private void assertRefused(Answer answer, int code, String message) {
        assertEquals(message, answer.message());
        assertEquals(code, answer.status());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "dryRun=x|CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"x\"]: supported values: \"All\"",
        "fieldValidation=No|CreateOptions.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: \"No\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"",
        "fieldManager=a%01|CreateOptions.meta.k8s.io \"\" is invalid: fieldManager: Invalid value: \"a\u0001\": invalid character U+0001 (at position 1)"})
    void optionsAreChecked(String option, String message) {
        assertRefused(server.post(maps + "?" + option, "{\"metadata\":{\"name\":\"b\"}}"), 422, message);
        assertEquals(404, server.get(maps + "/b").status());
    }

    @Test
    void aLongManagerIsRefusedAndALongAgentCut() {
        assertRefused(server.patch(maps + "/a?fieldManager=" + "m".repeat(129), "merge", "{}"), 422,
                "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Too long: may not be more than 128 bytes");
        Answer made = server.post(maps, "{\"metadata\":{\"name\":\"b\"},\"data\":{\"k\":\"v\"}}", "User-Agent", "x".repeat(200) + "/1");
        assertEquals("x".repeat(128), made.json().path("metadata").path("managedFields").path(0).path("manager").asString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''|the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)",
        "{\"data\":|the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input ({\"data\":)",
        "{\"data\":{\"k\":5}}|ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string"})
    void bodiesThatCannotBeDecoded(String body, String message) {
        assertRefused(server.post(maps, body), 400, message);
    }

    @ParameterizedTest
    @CsvSource({"merge,{\"spec\":{\"x\":1}}", "strategic-merge,{\"spec\":{\"x\":1}}"})
    void aStrictPatchNamesItsUnknownFields(String type, String patch) {
        Answer answer = server.patch(deployments + "/d?fieldValidation=Strict", type, patch);
        assertEquals(422, answer.status());
        assertEquals("patch", answer.json().path("details").path("causes").path(0).path("field").asString());
        assertTrue(answer.message().startsWith(" \"\" is invalid: patch: Invalid value: \""), answer.message());
        assertTrue(answer.message().endsWith(": strict decoding error: unknown field \"spec.x\""), answer.message());
        assertEquals(type.equals("strategic-merge"), answer.message().contains("\"map[spec:map[x:1]]\""), answer.message());
    }

    @Test
    void aPatchThatMakesAWrongTypeIsInvalid() {
        Answer answer = server.patch(deployments + "/d", "merge", "{\"spec\":{\"replicas\":\"many\"}}");
        assertEquals(422, answer.status());
        assertTrue(answer.message().endsWith("of type int32"), answer.message());
    }

    @Test
    void aPatchCannotMakeAnotherObject() {
        assertRefused(server.patch(deployments + "/d", "merge", "{\"metadata\":{\"name\":\"e\"}}"), 400,
                "the name of the object (e) does not match the name on the URL (d)");
        assertRefused(server.patch(deployments + "/d", "merge", "{\"metadata\":{\"namespace\":\"e\"}}"), 400,
                "the namespace of the object (e) does not match the namespace on the request (" + namespace + ")");
        assertRefused(server.patch(deployments + "/d", "json", "[{\"op\":\"replace\",\"path\":\"/metadata/uid\",\"value\":\"e\"}]"), 422,
                "Deployment.apps \"d\" is invalid: metadata.uid: Invalid value: \"e\": field is immutable");
    }

    @Test
    void anAppliedConfigurationHasOnlyDeclaredFields() {
        String config = "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\"},\"spec\":{\"x\":1}}";
        assertRefused(server.patch(deployments + "/d?fieldManager=m", "apply", config), 400, "failed to create typed patch object ("
                + namespace + "/d; apps/v1, Kind=Deployment): .spec.x: field not declared in schema");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"n\"}}|400|Incorrect version specified in apply patch. Specified patch version: , expected: v1",
        "{\"apiVersion\":\"v2\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"n\"}}|400|Incorrect version specified in apply patch. Specified patch version: v2, expected: v1",
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"}|400|the name of the object (n based on URL) was undeterminable: name must be provided",
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"o\"}}|400|the name of the object (o) does not match the name on the URL (n)",
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"n\",\"uid\":\"u\"}}|409|Operation cannot be fulfilled on configmaps \"n\": uid mismatch: the provided object specified uid u, and no existing object was found"})
    void appliedConfigurationsSayWhatTheyAre(String config, int code, String message) {
        assertRefused(server.patch(maps + "/n?fieldManager=m", "apply", config), code, message);
    }

    @Test
    void yamlWithTheSameKeyTwice() {
        String yaml = "kind: ConfigMap\nmetadata:\n  name: z\ndata:\n  k: a\n  k: b\n";
        Answer strict = server.post(maps + "?fieldValidation=Strict", yaml, "Content-Type", "application/yaml");
        assertRefused(strict, 400, "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: "
                + "line 6: key \"k\" already set in map");
        Answer warned = server.post(maps, yaml, "Content-Type", "application/yaml");
        assertEquals(201, warned.status());
        assertEquals("b", warned.json().path("data").path("k").asString());
        assertEquals("299 - \"line 6: key \\\"k\\\" already set in map\"", warned.http().headers().firstValue("Warning").orElse(""));
    }

    @Test
    void aUidThatIsGoneConflicts() {
        Answer answer = server.put(maps + "/gone", "{\"metadata\":{\"name\":\"gone\",\"uid\":\"u\"}}");
        assertEquals(409, answer.status());
        assertTrue(answer.message().endsWith("Precondition failed: UID in precondition: u, UID in object meta: "), answer.message());
    }

    @Test
    void deletionsThatAreRefusedDeleteNothing() {
        assertEquals(400, server.delete(maps + "/a", "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\"}").status());
        assertEquals(400, server.delete(maps + "/a", "{\"preconditions\":\"x\"}").status());
        assertEquals(422, server.delete(maps + "/a", "{\"dryRun\":[\"x\"]}").status());
        assertEquals(400, server.delete(maps, "{\"gracePeriodSeconds\":\"x\"}").status());
        String uid = server.get(maps + "/a").json().path("metadata").path("uid").asString();
        assertRefused(server.delete(maps + "/a", "{\"preconditions\":{\"uid\":\"x\"}}"), 409,
                "Operation cannot be fulfilled on configmaps \"a\": the UID in the precondition (x) does not match the UID in record ("
                        + uid + "). The object might have been deleted and then recreated");
        assertEquals(200, server.get(maps + "/a").status());
    }

    @Test
    void ownersThatStandTwiceAreTakenOnceWithAWarning() {
        String owner = "{\"apiVersion\":\"v1\",\"kind\":\"X\",\"name\":\"n\",\"uid\":\"u\"}";
        Answer made = server.post(maps, "{\"metadata\":{\"name\":\"o\",\"ownerReferences\":[" + owner + "," + owner + "]}}");
        assertEquals(1, made.json().path("metadata").path("ownerReferences").size());
        assertTrue(made.http().headers().firstValue("Warning").orElse("").contains("duplicate UID(s) observed: u"));
    }

    @Test
    void otherBodiesAreCheckedToo() {
        assertEquals(400, server.put(deployments + "/d/scale", "{\"kind\":\"Pod\",\"spec\":{\"replicas\":1}}").status());
        assertEquals(400, server.put(deployments + "/d/scale", "{\"spec\":{\"replicas\":\"x\"}}").status());
        assertEquals(400, server.post("/api/v1/namespaces/" + namespace + "/pods/p/eviction", "{\"kind\":\"Pod\"}").status());
        assertEquals(400, server.post("/api/v1/namespaces/" + namespace + "/pods/p/binding", "{\"target\":[]}").status());
    }

    /** Replicas have owners however they are written. */
    @Test
    void anAppliedScaleConflictsWithOtherOwners() {
        String scale = "{\"apiVersion\":\"autoscaling/v1\",\"kind\":\"Scale\",\"metadata\":{\"name\":\"d\"},\"spec\":{\"replicas\":%d}}";
        server.patch(deployments + "/d/scale?fieldManager=hpa", "merge", "{\"spec\":{\"replicas\":2}}");
        assertRefused(server.patch(deployments + "/d/scale?fieldManager=me", "apply", scale.formatted(3)), 409,
                "Apply failed with 1 conflict: conflict with \"hpa\" with subresource \"scale\" using apps/v1: .spec.replicas");
        Answer forced = server.patch(deployments + "/d/scale?fieldManager=me&force=true", "apply", scale.formatted(3));
        assertEquals(200, forced.status(), forced.body());
        assertEquals(3, forced.json().path("spec").path("replicas").asInt());
        var deployment = server.get(deployments + "/d").json();
        assertEquals(3, deployment.path("spec").path("replicas").asInt());
        assertEquals("i", deployment.path("spec").path("template").path("spec").path("containers").path(0).path("image").asString());
        assertTrue(deployment.path("metadata").path("managedFields").valueStream().anyMatch(owner -> owner.path("manager").asString().equals("me")
                && owner.path("operation").asString().equals("Apply") && owner.path("subresource").asString().equals("scale")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"a in (b|unable to parse requirement: found '', expected: ',' or ')'",
        "a in b|unable to parse requirement: found 'b' expected: '('", "=b|found '=', expected: !, identifier, or 'end of string'",
        "a,|found '', expected: identifier after ','", "a=b c|found 'c', expected: ',' or 'end of string'",
        "a b|unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
        "a>x|unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"})
    void selectorsThatDoNotParse(String selector, String message) {
        String encoded = java.net.URLEncoder.encode(selector, StandardCharsets.UTF_8);
        assertRefused(server.get(maps + "?labelSelector=" + encoded), 400, message);
    }

    @Test
    void labelsCompareAsIntegers() {
        server.post(maps, "{\"metadata\":{\"name\":\"n\",\"labels\":{\"size\":\"10\"}}}");
        assertEquals(1, server.get(maps + "?labelSelector=size%3E9").json().path("items").size());
        assertEquals(0, server.get(maps + "?labelSelector=size%3E10").json().path("items").size());
        assertEquals(1, server.get(maps + "?labelSelector=size%3C11").json().path("items").size());
    }

    @Test
    void whatATableIncludesIsChecked() {
        assertRefused(server.get(maps + "?includeObject=All", "Accept", "application/json;as=Table;g=meta.k8s.io;v=v1"), 400,
                "Unable to convert to Table as requested: includeObject: Invalid value: \"All\": must be 'Metadata', 'Object', 'None', or empty");
    }

    @Test
    void errorsSpeakTheClientsFormat() {
        assertTrue(server.get(maps + "/none", "Accept", "application/yaml").body().startsWith("kind: Status\n"));
        assertTrue(server.get(maps + "/none", "User-Agent", "curl/8").body().contains("\n  \"message\""));
        assertEquals("application/json", server.get(maps + "/none", "Accept", "text/html").http().headers().firstValue("Content-Type").orElse(""));
    }
}
