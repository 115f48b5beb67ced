package dev.fairway.apiserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer.Answer;
import dev.fairway.kube.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Lists, pages, resource versions and watches over HTTP. */
@Timeout(60)
class ListAndWatchTest {
    private static RunningServer server;
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
        path = "/api/v1/namespaces/" + server.namespace() + "/configmaps";
    }

    private String create(String name, String labels) {
        Answer answer = server.post(path, "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":" + labels + "}}");
        assertEquals(201, answer.status(), answer.body());
        return answer.json().path("metadata").path("resourceVersion").asString();
    }

    private static List<String> names(JsonNode list) {
        List<String> names = new ArrayList<>();
        list.path("items").forEach(item -> names.add(item.path("metadata").path("name").asString()));
        return names;
    }

    @Test
    void pagesShowOneSnapshot() {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            create(name, "{}");
        }
        Answer first = server.get(path + "?limit=2");
        assertEquals(List.of("a", "b"), names(first.json()));
        assertEquals(3, first.json().path("metadata").path("remainingItemCount").asInt());
        create("bb", "{}");
        server.delete(path + "/d", "");
        String token = first.json().path("metadata").path("continue").asString();
        Answer second = server.get(path + "?limit=2&continue=" + token);
        assertEquals(List.of("c", "d"), names(second.json()), "what came later is not seen");
        assertEquals(first.json().path("metadata").path("resourceVersion"), second.json().path("metadata").path("resourceVersion"));
        Answer last = server.get(path + "?limit=2&continue=" + second.json().path("metadata").path("continue").asString());
        assertEquals(List.of("e"), names(last.json()));
        assertFalse(last.json().path("metadata").has("continue"));
    }

    @Test
    void aCompactedPageOffersToGoOnInconsistently() {
        for (String name : List.of("a", "b", "c")) {
            create(name, "{}");
        }
        String token = server.get(path + "?limit=1").json().path("metadata").path("continue").asString();
        create("d", "{}");
        server.store().compact(server.store().revision());
        Answer gone = server.get(path + "?limit=1&continue=" + token);
        assertEquals(410, gone.status());
        assertEquals("Expired", gone.reason());
        String fresh = gone.json().path("metadata").path("continue").asString();
        assertEquals(List.of("b", "c", "d"), names(server.get(path + "?continue=" + fresh).json()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "e30", "%21%21", "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiIuLi8uLi94In0",
        "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTUsInN0YXJ0IjoiYSJ9"})
    void tamperedTokensAreRefused(String token) {
        assertEquals(400, server.get(path + "?limit=1&continue=" + token).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=-1", "limit=x", "resourceVersion=x", "resourceVersion=-4", "resourceVersionMatch=Exact",
        "resourceVersionMatch=Perhaps&resourceVersion=1", "resourceVersionMatch=Exact&resourceVersion=0", "labelSelector=a%3D%3D%3Db",
        "fieldSelector=spec.x%3Dy", "sendInitialEvents=true", "watch=1&sendInitialEvents=true", "timeoutSeconds=x"})
    void badOptionsAreRefused(String options) {
        int status = server.get(path + "?" + options).status();
        assertTrue(status == 400 || status == 422, options + " gave " + status);
    }

    @Test
    void selectorsSelect() {
        create("a", "{\"x\":\"1\"}");
        create("b", "{\"x\":\"2\"}");
        create("c", "{}");
        assertEquals(List.of("a"), names(server.get(path + "?labelSelector=x%3D1").json()));
        assertEquals(List.of("a", "b"), names(server.get(path + "?labelSelector=x%20in%20(1,2)").json()));
        assertEquals(List.of("c"), names(server.get(path + "?labelSelector=!x").json()));
        assertEquals(List.of("b"), names(server.get(path + "?fieldSelector=metadata.name%3Db").json()));
        Answer page = server.get(path + "?labelSelector=x&limit=1");
        assertEquals(List.of("a"), names(page.json()));
        assertFalse(page.json().path("metadata").has("remainingItemCount"), "unknown when a selector filters");
        String token = page.json().path("metadata").path("continue").asString();
        assertEquals(List.of("b"), names(server.get(path + "?labelSelector=x&limit=1&continue=" + token).json()));
    }

    @Test
    void resourceVersionsOfLists() {
        String first = create("a", "{}");
        create("b", "{}");
        assertEquals(List.of("a"), names(server.get(path + "?resourceVersion=" + first + "&resourceVersionMatch=Exact").json()));
        assertEquals(List.of("a", "b"), names(server.get(path + "?resourceVersion=" + first + "&resourceVersionMatch=NotOlderThan").json()));
        assertEquals(List.of("a", "b"), names(server.get(path + "?resourceVersion=0").json()));
        Answer future = server.get(path + "?resourceVersion=999999999");
        assertEquals(504, future.status());
        assertEquals("ResourceVersionTooLarge", future.json().path("details").path("causes").path(0).path("reason").asString());
    }

    /** A watch whose events are read one by one. */
    private final class Watching implements AutoCloseable {
        private final BufferedReader lines;

        private Watching(String options) {
            var response = server.stream(path + "?watch=1&" + options);
            assertEquals(200, response.statusCode());
            lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        private JsonNode next() throws IOException {
            String line = lines.readLine();
            return line == null ? null : Json.mapper().readTree(line);
        }

        private String brief() throws IOException {
            JsonNode event = next();
            return event.path("type").asString() + " " + event.path("object").path("metadata").path("name").asString();
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    @Test
    void aWatchFollowsFromARevision() throws IOException {
        String from = create("a", "{}");
        create("b", "{}");
        try (Watching watch = new Watching("resourceVersion=" + from)) {
            assertEquals("ADDED b", watch.brief());
            server.patch(path + "/a", "merge", "{\"data\":{\"k\":\"v\"}}");
            JsonNode modified = watch.next();
            assertEquals("MODIFIED", modified.path("type").asString());
            assertEquals("v", modified.path("object").path("data").path("k").asString());
            server.delete(path + "/b", "");
            JsonNode deleted = watch.next();
            assertEquals("DELETED", deleted.path("type").asString());
            assertTrue(Long.parseLong(deleted.path("object").path("metadata").path("resourceVersion").asString())
                    > Long.parseLong(modified.path("object").path("metadata").path("resourceVersion").asString()));
        }
    }

    @Test
    void aWatchFromZeroStartsWithWhatExists() throws IOException {
        create("a", "{}");
        try (Watching watch = new Watching("resourceVersion=0")) {
            assertEquals("ADDED a", watch.brief());
            create("b", "{}");
            assertEquals("ADDED b", watch.brief());
        }
    }

    @Test
    void aWatchListMarksTheEndOfWhatExists() throws IOException {
        create("a", "{}");
        try (Watching watch = new Watching("sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true")) {
            assertEquals("ADDED a", watch.brief());
            JsonNode bookmark = watch.next();
            assertEquals("BOOKMARK", bookmark.path("type").asString());
            assertEquals("true", bookmark.path("object").path("metadata").path("annotations").path("k8s.io/initial-events-end").asString());
            create("b", "{}");
            assertEquals("ADDED b", watch.brief());
        }
    }

    @Test
    void aSelectorTurnsChangesIntoComingAndGoing() throws IOException {
        String from = create("a", "{\"x\":\"0\"}");
        try (Watching watch = new Watching("labelSelector=x%3D1&resourceVersion=" + from)) {
            server.patch(path + "/a", "merge", "{\"metadata\":{\"labels\":{\"x\":\"1\"}}}");
            assertEquals("ADDED a", watch.brief());
            server.patch(path + "/a", "merge", "{\"data\":{\"k\":\"v\"}}");
            assertEquals("MODIFIED a", watch.brief());
            server.patch(path + "/a", "merge", "{\"metadata\":{\"labels\":{\"x\":\"2\"}}}");
            assertEquals("DELETED a", watch.brief());
        }
    }

    @Test
    void aNamedWatchSeesOnlyItsObject() throws IOException {
        String from = create("a", "{}");
        try (Watching watch = new Watching("fieldSelector=metadata.name%3Dab&resourceVersion=" + from)) {
            create("abc", "{}");
            create("ab", "{}");
            assertEquals("ADDED ab", watch.brief());
        }
    }

    @Test
    void theOldWatchPathOfOneObjectSeesOnlyThat() throws IOException {
        create("abc", "{}");
        create("ab", "{}");
        String one = path.replace("/api/v1/", "/api/v1/watch/") + "/ab?timeoutSeconds=1";
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(server.stream(one).body(), StandardCharsets.UTF_8))) {
            assertEquals(List.of("ab"), lines.lines().map(line -> Json.mapper().readTree(line).path("object").path("metadata").path("name").asString()).toList());
        }
        assertEquals(400, server.get(one + "&fieldSelector=metadata.name%3Dabc").status());
    }

    @Test
    void aWatchFromACompactedRevisionSaysGone() throws IOException {
        String old = create("a", "{}");
        create("b", "{}");
        create("c", "{}");
        server.store().compact(server.store().revision());
        // Leases are watched by nobody yet: their recent events are in nobody's memory.
        path = "/apis/coordination.k8s.io/v1/leases";
        try (Watching watch = new Watching("resourceVersion=" + old)) {
            JsonNode event = watch.next();
            assertEquals("ERROR", event.path("type").asString());
            assertEquals(410, event.path("object").path("code").asInt());
            assertNull(watch.next());
        }
    }

    @Test
    void aWatchEndsWhenItsTimeIsUp() throws IOException {
        String from = create("a", "{}");
        try (Watching watch = new Watching("timeoutSeconds=1&resourceVersion=" + from)) {
            assertNull(watch.next());
        }
    }

    @Test
    void tablesAndPartialObjects() throws IOException {
        create("a", "{}");
        Answer table = server.get(path, "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
        assertEquals("Table", table.json().path("kind").asString());
        assertEquals("meta.k8s.io/v1", table.json().path("apiVersion").asString());
        assertEquals("a", table.json().path("rows").path(0).path("cells").path(0).asString());
        assertEquals("PartialObjectMetadata", table.json().path("rows").path(0).path("object").path("kind").asString());
        Answer partial = server.get(path, "Accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");
        assertEquals("PartialObjectMetadataList", partial.json().path("kind").asString());
        assertEquals("a", partial.json().path("items").path(0).path("metadata").path("name").asString());
        Answer one = server.get(path + "/a", "Accept", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json");
        assertEquals("PartialObjectMetadata", one.json().path("kind").asString());
        assertEquals(406, server.get(path, "Accept", "text/html").status());
        Answer whole = server.get(path + "?includeObject=Object", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
        assertEquals("ConfigMap", whole.json().path("rows").path(0).path("object").path("kind").asString());
    }

    @Test
    void largeListsAreCompressed() {
        String value = "x".repeat(100_000);
        for (int i = 0; i < 3; i++) {
            server.post(path, "{\"metadata\":{\"name\":\"a" + i + "\"},\"data\":{\"k\":\"" + value + "\"}}");
        }
        Answer plain = server.get(path);
        Answer packed = server.get(path, "Accept-Encoding", "gzip");
        assertEquals("gzip", packed.http().headers().firstValue("Content-Encoding").orElse(""));
        assertTrue(packed.body().length() < plain.body().length() / 10);
    }
}
