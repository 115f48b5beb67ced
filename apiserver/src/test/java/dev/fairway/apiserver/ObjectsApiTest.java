package dev.fairway.apiserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The life of objects over HTTP: create, read, update, patch, delete, and what can go wrong. */
class ObjectsApiTest {
    private static RunningServer server;
    private String namespace;
    private String path;

    @BeforeAll
    static void start() {
        server = new RunningServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void freshNamespace() {
        namespace = server.namespace();
        path = "/api/v1/namespaces/" + namespace + "/configmaps";
    }

    private Answer create(String name) {
        return server.post(path, "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"k\":\"v\"}}");
    }

    @Test
    void aCreatedObjectHasWhatTheServerGives() {
        Answer created = create("a");
        assertEquals(201, created.status(), created.body());
        var metadata = created.json().path("metadata");
        assertEquals("ConfigMap", created.json().path("kind").asString());
        assertEquals("v1", created.json().path("apiVersion").asString());
        assertEquals(namespace, metadata.path("namespace").asString());
        assertEquals(36, metadata.path("uid").asString().length());
        assertTrue(metadata.path("creationTimestamp").asString().endsWith("Z"));
        assertTrue(Long.parseLong(metadata.path("resourceVersion").asString()) > 0);
        assertEquals(created.json(), server.get(path + "/a").json(), "a read gives what was answered");
    }

    @Test
    void aSecondCreateConflicts() {
        create("a");
        Answer again = create("a");
        assertEquals(409, again.status());
        assertEquals("AlreadyExists", again.reason());
        assertEquals("configmaps \"a\" already exists", again.message());
        assertEquals("configmaps", again.json().path("details").path("kind").asString());
    }

    @Test
    void aMissingObjectIsNotFound() {
        Answer answer = server.get(path + "/none");
        assertEquals(404, answer.status());
        assertEquals("configmaps \"none\" not found", answer.message());
        assertEquals("none", answer.json().path("details").path("name").asString());
    }

    @Test
    void nothingIsCreatedInAMissingNamespace() {
        Answer answer = server.post("/api/v1/namespaces/nowhere/configmaps", "{\"metadata\":{\"name\":\"a\"}}");
        assertEquals(404, answer.status());
        assertEquals("namespaces \"nowhere\" not found", answer.message());
    }

    @Test
    void nothingIsCreatedInATerminatingNamespace() {
        server.delete("/api/v1/namespaces/" + namespace, "");
        Answer answer = create("a");
        assertEquals(403, answer.status());
        assertEquals("configmaps \"a\" is forbidden: unable to create new content in namespace " + namespace
                + " because it is being terminated", answer.message());
        assertEquals("NamespaceTerminating", answer.json().path("details").path("causes").path(0).path("reason").asString());
    }

    @Test
    void generatedNamesDiffer() {
        String body = "{\"metadata\":{\"generateName\":\"gen-\"}}";
        String first = server.post(path, body).json().path("metadata").path("name").asString();
        String second = server.post(path, body).json().path("metadata").path("name").asString();
        assertTrue(first.matches("gen-[a-z0-9]{5}"), first);
        assertFalse(first.equals(second));
    }

    @Test
    void aBadNameIsInvalidWithItsCause() {
        Answer answer = create("Bad_Name");
        assertEquals(422, answer.status());
        assertEquals("Invalid", answer.reason());
        var cause = answer.json().path("details").path("causes").path(0);
        assertEquals("metadata.name", cause.path("field").asString());
        assertEquals("FieldValueInvalid", cause.path("reason").asString());
        assertTrue(answer.message().startsWith("ConfigMap \"Bad_Name\" is invalid: metadata.name: Invalid value: \"Bad_Name\": "
                + "a lowercase RFC 1123 subdomain must consist of"), answer.message());
    }

    @Test
    void anUpdateOfAnOldVersionConflicts() {
        Answer created = create("a");
        String changed = created.body().replace("\"v\"", "\"w\"");
        assertEquals(200, server.put(path + "/a", changed).status());
        Answer stale = server.put(path + "/a", changed);
        assertEquals(409, stale.status());
        assertEquals("Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your"
                + " changes to the latest version and try again", stale.message());
    }

    @Test
    void anUpdateThatChangesNothingIsNotAWrite() {
        Answer created = create("a");
        assertEquals(created.json(), server.put(path + "/a", created.body()).json());
    }

    @Test
    void anApplyThatChangesNothingIsNotAWrite() {
        String config = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"s\"},\"data\":{\"b\":\"1\",\"a\":\"2\"}}";
        Answer created = server.patch(path + "/s?fieldManager=m", "apply", config);
        assertEquals(201, created.status());
        assertEquals(created.json(), server.patch(path + "/s?fieldManager=m", "apply", config).json());
    }

    @Test
    void anUpdateInAnotherOrderIsNotAWrite() {
        String version = create("a").json().path("metadata").path("resourceVersion").asString();
        Answer again = server.put(path + "/a", "{\"data\":{\"k\":\"v\"},\"metadata\":{\"namespace\":\"" + namespace + "\",\"name\":\"a\"}}");
        assertEquals(version, again.json().path("metadata").path("resourceVersion").asString());
    }

    @Test
    void whatTheServerOwnsStays() {
        Answer created = create("a");
        String changed = created.body().replaceAll("\"creationTimestamp\":\"[^\"]*\"", "\"creationTimestamp\":\"2001-01-01T00:00:00Z\"");
        assertEquals(created.json(), server.put(path + "/a", changed).json());
    }

    @Test
    void aDifferentUidConflicts() {
        create("a");
        Answer answer = server.put(path + "/a", "{\"metadata\":{\"name\":\"a\",\"uid\":\"other\"}}");
        assertEquals(409, answer.status());
        assertTrue(answer.message().contains("Precondition failed: UID in precondition: other, UID in object meta: "), answer.message());
    }

    @Test
    void theNameInTheBodyMustBeThatOfThePath() {
        create("a");
        Answer answer = server.put(path + "/a", "{\"metadata\":{\"name\":\"b\"}}");
        assertEquals(400, answer.status());
        assertEquals("the name of the object (b) does not match the name on the URL (a)", answer.message());
    }

    @Test
    void theThreePatchesOfClients() {
        create("a");
        assertEquals("1", server.patch(path + "/a", "merge", "{\"data\":{\"m\":\"1\"}}").json().path("data").path("m").asString());
        assertEquals("2", server.patch(path + "/a", "json", "[{\"op\":\"add\",\"path\":\"/data/j\",\"value\":\"2\"}]")
                .json().path("data").path("j").asString());
        Answer last = server.patch(path + "/a", "strategic-merge", "{\"data\":{\"k\":null}}");
        assertFalse(last.json().path("data").has("k"));
        assertTrue(last.json().path("data").has("m"));
    }

    @Test
    void aPatchOfAnOldVersionConflicts() {
        String version = create("a").json().path("metadata").path("resourceVersion").asString();
        server.patch(path + "/a", "merge", "{\"data\":{\"m\":\"1\"}}");
        Answer stale = server.patch(path + "/a", "merge", "{\"metadata\":{\"resourceVersion\":\"" + version + "\"},\"data\":{\"m\":\"2\"}}");
        assertEquals(409, stale.status());
    }

    @Test
    void anUnknownPatchTypeIsUnsupported() {
        create("a");
        Answer answer = server.send("PATCH", path + "/a", "{}".getBytes(), "Content-Type", "application/json");
        assertEquals(415, answer.status());
        assertTrue(answer.message().contains("application/json-patch+json, application/merge-patch+json"), answer.message());
    }

    @Test
    void deletionAnswersAStatus() {
        String uid = create("a").json().path("metadata").path("uid").asString();
        Answer deleted = server.delete(path + "/a", "");
        assertEquals(200, deleted.status());
        assertEquals("Success", deleted.json().path("status").asString());
        assertEquals(uid, deleted.json().path("details").path("uid").asString());
        assertEquals(404, server.delete(path + "/a", "").status());
    }

    @Test
    void aFinalizerHoldsAnObject() {
        server.post(path, "{\"metadata\":{\"name\":\"a\",\"finalizers\":[\"x.io/hold\"]}}");
        Answer deleted = server.delete(path + "/a", "");
        assertEquals(200, deleted.status());
        assertTrue(deleted.json().path("metadata").has("deletionTimestamp"));
        Answer more = server.patch(path + "/a", "merge", "{\"metadata\":{\"finalizers\":[\"x.io/hold\",\"y.io/more\"]}}");
        assertEquals(422, more.status());
        assertEquals(200, server.patch(path + "/a", "merge", "{\"metadata\":{\"finalizers\":null}}").status());
        assertEquals(404, server.get(path + "/a").status());
    }

    @Test
    void propagationPoliciesAreFinalizers() {
        create("o");
        Answer orphan = server.delete(path + "/o", "{\"propagationPolicy\":\"Orphan\"}");
        assertEquals("orphan", orphan.json().path("metadata").path("finalizers").path(0).asString());
        create("f");
        Answer foreground = server.delete(path + "/f?propagationPolicy=Foreground", "");
        assertEquals("foregroundDeletion", foreground.json().path("metadata").path("finalizers").path(0).asString());
        create("b");
        server.delete(path + "/b", "{\"propagationPolicy\":\"Background\"}");
        assertEquals(404, server.get(path + "/b").status());
        create("x");
        assertEquals(422, server.delete(path + "/x", "{\"propagationPolicy\":\"Sideways\"}").status());
    }

    @Test
    void preconditionsOfADeletion() {
        create("a");
        assertEquals(409, server.delete(path + "/a", "{\"preconditions\":{\"uid\":\"other\"}}").status());
        assertEquals(409, server.delete(path + "/a", "{\"preconditions\":{\"resourceVersion\":\"1\"}}").status());
        assertEquals(200, server.get(path + "/a").status());
    }

    @Test
    void aDryRunChangesNothing() {
        Answer created = server.post(path + "?dryRun=All", "{\"metadata\":{\"name\":\"a\"}}");
        assertEquals(201, created.status());
        assertEquals(404, server.get(path + "/a").status());
        create("b");
        assertEquals("w", server.patch(path + "/b?dryRun=All", "merge", "{\"data\":{\"k\":\"w\"}}").json().path("data").path("k").asString());
        assertEquals(200, server.delete(path + "/b", "{\"dryRun\":[\"All\"]}").status());
        assertEquals("v", server.get(path + "/b").json().path("data").path("k").asString());
        assertEquals(422, server.post(path + "?dryRun=Some", "{\"metadata\":{\"name\":\"c\"}}").status());
    }

    @Test
    void deletecollectionTakesWhatIsSelected() {
        server.post(path, "{\"metadata\":{\"name\":\"a\",\"labels\":{\"x\":\"1\"}}}");
        create("b");
        Answer deleted = server.delete(path + "?labelSelector=x%3D1", "");
        assertEquals(200, deleted.status());
        assertEquals(1, deleted.json().path("items").size());
        assertEquals(404, server.get(path + "/a").status());
        assertEquals(200, server.get(path + "/b").status());
    }

    @Test
    void unknownFieldsAreRefusedWarnedOfOrIgnored() {
        String body = "{\"metadata\":{\"name\":\"a\"},\"daat\":{\"k\":\"v\"}}";
        Answer strict = server.post(path + "?fieldValidation=Strict", body);
        assertEquals(400, strict.status());
        assertEquals("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"daat\"",
                strict.message());
        Answer warned = server.post(path + "?fieldValidation=Warn", body);
        assertEquals(201, warned.status());
        assertEquals("299 - \"unknown field \\\"daat\\\"\"", warned.http().headers().firstValue("Warning").orElse(""));
        assertFalse(warned.json().has("daat"), "unknown fields are dropped");
        server.delete(path + "/a", "");
        Answer ignored = server.post(path + "?fieldValidation=Ignore", body);
        assertTrue(ignored.http().headers().firstValue("Warning").isEmpty());
    }

    @Test
    void duplicateFieldsAreNamed() {
        String body = "{\"metadata\":{\"name\":\"a\",\"name\":\"b\"}}";
        Answer strict = server.post(path + "?fieldValidation=Strict", body);
        assertEquals(400, strict.status());
        assertTrue(strict.message().endsWith("strict decoding error: duplicate field \"metadata.name\""), strict.message());
        assertEquals("b", server.post(path, body).json().path("metadata").path("name").asString());
    }

    @Test
    void yamlIsTakenAndGiven() {
        Answer created = server.send("POST", path, "metadata:\n  name: a\ndata:\n  k: 'on'\n".getBytes(), "Content-Type",
                "application/yaml", "Accept", "application/yaml");
        assertEquals(201, created.status(), created.body());
        assertTrue(created.body().contains("kind: ConfigMap"), created.body());
        assertEquals("on", server.get(path + "/a").json().path("data").path("k").asString());
    }

    @Test
    void eventsAreTheSameInBothGroups() {
        Answer created = server.post("/api/v1/namespaces/" + namespace + "/events", "{\"metadata\":{\"name\":\"e\"},"
                + "\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"p\",\"namespace\":\"" + namespace + "\"},\"reason\":\"Why\","
                + "\"message\":\"what\",\"type\":\"Normal\",\"source\":{\"component\":\"me\"}}");
        assertEquals(201, created.status(), created.body());
        Answer other = server.get("/apis/events.k8s.io/v1/namespaces/" + namespace + "/events/e");
        assertEquals("events.k8s.io/v1", other.json().path("apiVersion").asString());
        assertEquals("what", other.json().path("note").asString());
        assertEquals("p", other.json().path("regarding").path("name").asString());
        Answer selected = server.get("/apis/events.k8s.io/v1/namespaces/" + namespace + "/events?fieldSelector=regarding.name%3Dp");
        assertEquals(1, selected.json().path("items").size());
    }
}
