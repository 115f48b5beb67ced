package dev.fairway.apiserver.kinds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer;
import dev.fairway.apiserver.RunningServer.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the subresources of a Pod change of it, and what they leave. */
class PodSubresourcesTest {
    private static RunningServer server;
    private String pods;
    private String pod;

    @BeforeAll
    static void start() {
        server = new RunningServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void aPod() {
        pods = "/api/v1/namespaces/" + server.namespace() + "/pods";
        pod = pods + "/p";
        assertEquals(201, server.post(pods, "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\","
                + "\"resources\":{\"requests\":{\"cpu\":\"1\",\"ephemeral-storage\":\"1Gi\"}}}]}}").status());
    }

    private JsonNode spec() {
        return server.get(pod).json().path("spec");
    }

    private Answer debug(String containers) {
        return server.patch(pod + "/ephemeralcontainers", "strategic-merge", "{\"spec\":{\"ephemeralContainers\":" + containers
                + ",\"containers\":[{\"name\":\"c\",\"image\":\"other\"}]}}");
    }

    @Test
    void ephemeralContainersAreAddedAndNothingElse() {
        Answer added = debug("[{\"name\":\"d\",\"image\":\"b\"}]");
        assertEquals(200, added.status(), added.body());
        assertEquals("i", spec().path("containers").path(0).path("image").asString());
        JsonNode container = spec().path("ephemeralContainers").path(0);
        assertEquals("Always", container.path("imagePullPolicy").asString());
        assertEquals("/dev/termination-log", container.path("terminationMessagePath").asString());
    }

    @Test
    void ephemeralContainersStayAsTheyAre() {
        debug("[{\"name\":\"d\",\"image\":\"b\"}]");
        Answer changed = debug("[{\"name\":\"d\",\"image\":\"x\"}]");
        assertEquals(422, changed.status());
        assertTrue(changed.message().contains("existing ephemeral containers \"d\" may not be changed"), changed.message());
        Answer removed = server.patch(pod + "/ephemeralcontainers", "merge", "{\"spec\":{\"ephemeralContainers\":null}}");
        assertEquals(422, removed.status());
        assertTrue(removed.message().contains("may not be removed"), removed.message());
    }

    @Test
    void ephemeralContainersOfOtherWritesAreRefused() {
        assertEquals(422, server.patch(pod, "merge", "{\"spec\":{\"ephemeralContainers\":[{\"name\":\"d\",\"image\":\"b\"}]}}").status());
        assertEquals(422, server.post(pods, "{\"metadata\":{\"name\":\"q\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}],"
                + "\"ephemeralContainers\":[{\"name\":\"d\",\"image\":\"b\"}]}}").status());
        assertEquals(422, debug("[{\"name\":\"c\",\"image\":\"b\"}]").status(), "the name is taken");
        assertEquals(422, debug("[{\"name\":\"e\",\"image\":\"b\",\"ports\":[{\"containerPort\":1}]}]").status());
    }

    @Test
    void aResizeChangesCpuAndMemory() {
        Answer resized = resize("{\"requests\":{\"cpu\":\"2\"}}");
        assertEquals(200, resized.status(), resized.body());
        assertEquals("2", spec().path("containers").path(0).path("resources").path("requests").path("cpu").asString());
        assertEquals("i", spec().path("containers").path(0).path("image").asString());
        assertEquals(422, resize("{\"requests\":{\"ephemeral-storage\":\"2Gi\"}}").status());
        assertEquals(422, resize("{\"requests\":{\"cpu\":null}}").status(), "the class would change");
    }

    private Answer resize(String resources) {
        return server.patch(pod + "/resize", "strategic-merge",
                "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"other\",\"resources\":" + resources + "}]}}");
    }

    @Test
    void finalizersHaveFullNames() {
        Answer answer = server.patch(pod, "merge", "{\"metadata\":{\"finalizers\":[\"short\"]}}");
        assertEquals(422, answer.status());
        assertTrue(answer.message().endsWith("name is neither a standard finalizer name nor is it fully qualified"), answer.message());
    }
}
