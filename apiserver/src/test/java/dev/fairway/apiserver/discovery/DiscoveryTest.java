package dev.fairway.apiserver.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer;
import dev.fairway.apiserver.RunningServer.Answer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What the server says of itself, plain and aggregated. */
class DiscoveryTest {
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void plainAndAggregatedDiscoveryAgree() {
        Set<String> plain = new HashSet<>();
        collect("/api/v1", plain);
        for (JsonNode group : server.get("/apis").json().path("groups")) {
            assertEquals(group.path("preferredVersion"), group.path("versions").path(0));
            group.path("versions").forEach(version -> collect("/apis/" + version.path("groupVersion").asString(), plain));
        }
        Set<String> aggregated = new HashSet<>();
        for (String path : new String[] {"/api", "/apis"}) {
            Answer answer = server.get(path, "Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");
            assertTrue(answer.http().headers().firstValue("Content-Type").orElse("").contains("as=APIGroupDiscoveryList"));
            for (JsonNode group : answer.json().path("items")) {
                for (JsonNode version : group.path("versions")) {
                    version.path("resources").forEach(resource -> {
                        String name = group.path("metadata").path("name").asString("") + "/" + version.path("version").asString() + "/"
                                + resource.path("resource").asString();
                        aggregated.add(name);
                        resource.path("subresources").forEach(below -> aggregated.add(name + "/" + below.path("subresource").asString()));
                    });
                }
            }
        }
        assertEquals(plain, aggregated);
        assertTrue(plain.contains("apps/v1/deployments/scale"));
        assertTrue(plain.contains("/v1/pods/log"));
    }

    private static void collect(String path, Set<String> names) {
        JsonNode list = server.get(path).json();
        String groupVersion = list.path("groupVersion").asString();
        String prefix = groupVersion.contains("/") ? groupVersion : "/" + groupVersion;
        list.path("resources").forEach(each -> names.add(prefix + "/" + each.path("name").asString()));
    }

    @Test
    void anUnchangedDocumentIsNotSentAgain() {
        String accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
        String tag = server.get("/apis", "Accept", accept).http().headers().firstValue("ETag").orElseThrow();
        Answer again = server.get("/apis", "Accept", accept, "If-None-Match", tag);
        assertEquals(304, again.status());
        assertEquals("", again.body());
    }

    @Test
    void theVersionIsOneThatKubectlKnows() {
        JsonNode version = server.get("/version").json();
        assertEquals("1", version.path("major").asString());
        assertEquals("36", version.path("minor").asString());
        assertTrue(version.path("gitVersion").asString().matches("v1\\.36\\.\\d+\\+fairway"));
    }

    @ParameterizedTest
    @CsvSource({"/healthz,200", "/livez,200", "/readyz,200", "/healthz/ping,200", "/livez/etcd,200", "/healthz/none,404",
        "/livez/poststarthook/rbac/bootstrap-roles,200", "/readyz/shutdown,200", "/livez/shutdown,404", "/readyz/ping/,200",
        "/nothing,404", "/api/v2,404", "/apis/none,404", "/apis/apps/v9,404", "/api/v1/nothings,404", "/apis/apps/v1/pods,404",
        "/api/v1/namespaces/default/pods/x/nothing,404", "/api/v1/namespaces/default/nodes,404", "/api/v1/pods/x,404",
        "/api/v1/namespaces/default/pods/x/log/y,404", "/,200", "/metrics,200", "/openapi/v2,200", "/openapi/v3,200",
        "/openapi/v3/apis/apps/v1,200", "/openapi/v3/apis/none/v1,404", "/openapi,404"})
    void paths(String path, int status) {
        assertEquals(status, server.get(path).status());
    }

    @ParameterizedTest
    @CsvSource({"POST,/healthz,405", "PUT,/api/v1/namespaces/default/configmaps,405", "POST,/api/v1/namespaces/default/configmaps/x,405",
        "DELETE,/api/v1/configmaps,405", "POST,/api/v1/configmaps,405", "BREW,/api/v1/namespaces/default/configmaps,405",
        "DELETE,/api/v1/namespaces,405", "GET,/apis/authorization.k8s.io/v1/selfsubjectaccessreviews,405",
        "PUT,/api/v1/namespaces/default/pods/x/log,405"})
    void methods(String method, String path, int status) {
        Answer answer = server.send(method, path, "{}".getBytes());
        assertEquals(status, answer.status(), answer.body());
        assertEquals("MethodNotAllowed", answer.reason());
    }

    @Test
    void healthTellsItsChecks() {
        assertEquals("ok", server.get("/livez").body());
        assertEquals("ok", server.get("/readyz/etcd").body());
        String verbose = server.get("/readyz?verbose").body();
        assertTrue(verbose.startsWith("[+]ping ok\n[+]log ok\n[+]etcd ok\n"), verbose);
        assertTrue(verbose.endsWith("[+]shutdown ok\nreadyz check passed\n"), verbose);
        String partly = server.get("/livez?verbose&exclude=etcd&exclude=none").body();
        assertTrue(partly.contains("[+]etcd excluded: ok\n"), partly);
        assertTrue(partly.contains("warn: some health checks cannot be excluded: no matches for \"none\"\n"), partly);
        assertTrue(server.get("/").body().contains("\"/livez/poststarthook/rbac/bootstrap-roles\""));
    }

    @Test
    void requestsAreCounted() {
        server.get("/api/v1/nodes");
        String metrics = server.get("/metrics").body();
        assertTrue(metrics.contains("apiserver_request_total{code=\"200\",component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"nodes\",scope=\"cluster\",subresource=\"\",verb=\"LIST\",version=\"v1\"}"), metrics);
        assertTrue(metrics.contains("apiserver_request_duration_seconds_bucket{"), metrics);
        server.get("/api/v1/made-up-" + System.nanoTime());
        assertFalse(server.get("/metrics").body().contains("made-up-"), "labels come from the table of resources only");
    }

    @Test
    void openApiKnowsTheKinds() {
        JsonNode v2 = server.get("/openapi/v2").json();
        JsonNode container = v2.path("definitions").path("io.k8s.api.core.v1.PodSpec").path("properties").path("containers");
        assertEquals("name", container.path("x-kubernetes-patch-merge-key").asString());
        assertEquals("#/definitions/io.k8s.api.core.v1.Container", container.path("items").path("$ref").asString());
        JsonNode index = server.get("/openapi/v3").json().path("paths");
        String url = index.path("apis/apps/v1").path("serverRelativeURL").asString();
        JsonNode v3 = server.get(url).json();
        JsonNode deployment = v3.path("components").path("schemas").path("io.k8s.api.apps.v1.Deployment");
        assertEquals("Deployment", deployment.path("x-kubernetes-group-version-kind").path(0).path("kind").asString());
        JsonNode patch = v3.path("paths").path("/apis/apps/v1/namespaces/{namespace}/deployments/{name}").path("patch");
        assertTrue(patch.path("parameters").valueStream().anyMatch(each -> each.path("name").asString().equals("fieldValidation")));
        Answer protobuf = server.get("/openapi/v2", "Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
        assertEquals(200, protobuf.status());
        assertTrue(protobuf.http().headers().firstValue("Content-Type").orElse("").endsWith("+protobuf"));
    }

    @Test
    void documentsAskedForByTheirHashAreKeptForGood() {
        String url = server.get("/openapi/v3").json().path("paths").path("apis/apps/v1").path("serverRelativeURL").asString();
        var current = server.get(url).http();
        assertEquals(200, current.statusCode());
        assertEquals("public, immutable", current.headers().firstValue("Cache-Control").orElse(""));
        assertEquals(200, server.get("/openapi/v3/apis/apps/v1").status());
        var old = server.get("/openapi/v3/apis/apps/v1?hash=OLD").http();
        assertEquals(301, old.statusCode());
        assertEquals(url, old.headers().firstValue("Location").orElse(""));
    }

    @Test
    void withoutCredentialsThereIsNothing() {
        try (var nobody = server.client(null)) {
            Answer answer = server.send(nobody, "GET", "/api", null);
            assertEquals(401, answer.status());
            assertEquals("Unauthorized", answer.reason());
        }
    }
}
