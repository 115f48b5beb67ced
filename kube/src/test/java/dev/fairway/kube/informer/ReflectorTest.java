package dev.fairway.kube.informer;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.HttpTransport;
import dev.fairway.kube.client.Query;
import dev.fairway.testkit.api.FakeApiServer;
import dev.fairway.testkit.api.FakeApiServer.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

@Timeout(60)
class ReflectorTest {
    private static final String SERVICES = "/api/v1/services";

    /** Writes down what it hears: {@code =a b} for a list, {@code +a}, {@code ~a}, {@code -a} for changes. */
    private static final class Notes implements Reflector.Listener<String> {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Override
        public void replaced(List<String> items) {
            heard.add("=" + String.join(" ", items));
        }

        @Override
        public void changed(Reflector.Change change, String item) {
            heard.add(switch (change) {
                case ADDED -> "+";
                case MODIFIED -> "~";
                case DELETED -> "-";
            } + item);
        }

        @Override
        public void refused(ObjectNode object, RuntimeException why) {
            heard.add("!" + object.path("metadata").path("name").asString(""));
        }

        String next() throws InterruptedException {
            return heard.poll(20, TimeUnit.SECONDS);
        }
    }

    private final Notes notes = new Notes();
    private FakeApiServer server;
    private HttpTransport transport;
    private Reflector<String> reflector;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        server = FakeApiServer.http();
        put("a");
        transport = new HttpTransport(ClientConfig.of(server.uri()));
        reflector = new Reflector<>(new ApiClient(transport), ResourceType.SERVICES, "", Query.labels("x=y"), object -> {
            String name = object.path("metadata").path("name").asString("");
            if (name.startsWith("bad")) {
                throw new IllegalArgumentException("a bad name");
            }
            return name;
        }, notes).start();
        assertEquals("=a", notes.next());
        until(() -> server.openWatches(SERVICES) == 1);
    }

    @AfterEach
    void stop() {
        reflector.close();
        transport.close();
        server.close();
    }

    private long put(String name) {
        return server.put(SERVICES, name, "{\"metadata\":{\"name\":\"" + name + "\"}}");
    }

    private long lists() {
        return server.requests().stream().filter(request -> !request.isWatch()).count();
    }

    private FakeApiServer.Request lastWatch() {
        return server.requests().stream().filter(FakeApiServer.Request::isWatch).toList().getLast();
    }

    @Test
    void hearsAddedModifiedDeleted() throws InterruptedException {
        put("b");
        put("b");
        server.delete(SERVICES, "b");
        assertEquals(List.of("+b", "~b", "-b"), List.of(notes.next(), notes.next(), notes.next()));
        assertEquals("x=y", lastWatch().query().get("labelSelector"));
        assertEquals("true", lastWatch().query().get("allowWatchBookmarks"));
    }

    @Test
    void resumesWhereTheWatchEndedWithoutListing() throws InterruptedException {
        long version = put("b");
        assertEquals("+b", notes.next());
        server.holdWatches();
        put("c");
        server.releaseWatches();
        assertEquals("+c", notes.next());
        assertEquals(Long.toString(version), lastWatch().query().get("resourceVersion"));
        assertEquals(1, lists());
    }

    @Test
    void aResourceVersionThatTheServerCannotReadIsNotAskedForAgain() throws InterruptedException {
        server.answering(request -> request.isWatch() && request.query().get("resourceVersion").equals("absurd")
                ? Optional.of(Answer.of(400, "{\"kind\":\"Status\",\"code\":400,\"reason\":\"BadRequest\"}"))
                : Optional.empty());
        server.inject(SERVICES, "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"absurd\"}}}\n");
        assertEquals("+x", notes.next());
        server.endWatches();
        assertEquals("=a", notes.next());
        put("b");
        assertEquals("+b", notes.next());
    }

    @Test
    void aBookmarkMovesTheResumePoint() throws InterruptedException {
        server.put("/api/v1/other", "o", "{\"metadata\":{\"name\":\"o\"}}");
        server.bookmark(SERVICES);
        put("b");
        assertEquals("+b", notes.next());
        server.compact();
        server.bookmark(SERVICES);
        server.put(SERVICES, "c", "{\"metadata\":{\"name\":\"c\"}}");
        assertEquals("+c", notes.next());
        server.endWatches();
        put("d");
        assertEquals("+d", notes.next());
        assertEquals(1, lists());
    }

    @Test
    void goneMeansListingAgain() throws InterruptedException {
        server.holdWatches();
        put("b");
        server.delete(SERVICES, "a");
        server.compact();
        server.releaseWatches();
        assertEquals("=b", notes.next());
        put("c");
        assertEquals("+c", notes.next());
        assertEquals(2, lists());
    }

    @Test
    void goneAsAnAnswerMeansListingAgainToo() throws InterruptedException {
        server.answering(request -> request.isWatch()
                ? Optional.of(Answer.of(410, "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}"))
                : Optional.empty());
        server.endWatches();
        assertEquals("=a", notes.next());
        server.answering(request -> Optional.empty());
    }

    @Test
    void garbageEndsTheWatchAndNothingIsLost() throws InterruptedException {
        for (String garbage : List.of("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"na\n", "\u0000\u0001\n", "[]\n",
                "{\"type\":\"ADDED\"}\n", "{\"type\":\"NOISE\",\"object\":{}}\n", "{\"type\":\"ADDED\",\"object\":{\"a\":1,\"a\":2}}\n")) {
            int before = server.requests().size();
            server.inject(SERVICES, garbage);
            until(() -> server.requests().size() > before && server.openWatches(SERVICES) >= 1);
            String name = "after-" + before;
            put(name);
            assertEquals("+" + name, notes.next(), garbage);
        }
        assertEquals(1, lists());
    }

    @Test
    void aTruncatedLineIsReadAgainInWhole() throws InterruptedException {
        server.inject(SERVICES, "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"half");
        server.endWatches();
        put("b");
        assertEquals("+b", notes.next());
    }

    @Test
    void anAbsurdlyLongLineEndsTheWatch() throws InterruptedException {
        server.inject(SERVICES, "x".repeat(9 << 20));
        put("b");
        assertEquals("+b", notes.next());
    }

    @Test
    void oneRefusedObjectDoesNotStopTheOthers() throws InterruptedException {
        put("bad-1");
        put("b");
        assertEquals(List.of("!bad-1", "+b"), List.of(notes.next(), notes.next()));
        server.holdWatches();
        server.compact();
        server.releaseWatches();
        assertEquals("!bad-1", notes.next());
        assertEquals("=a b", notes.next());
    }

    @Test
    void whileTheServerIsAwayNothingIsHeardAndThenOnlyTheDifference() throws Exception {
        server.stop();
        put("b");
        server.delete(SERVICES, "a");
        assertNull(notes.heard.poll(1, TimeUnit.SECONDS));
        server.start();
        assertEquals(List.of("+b", "-a"), List.of(notes.next(), notes.next()));
        assertEquals(1, lists());
    }

    @Test
    void errorsAreFollowedByGrowingPauses() throws InterruptedException {
        server.answering(request -> Optional.of(Answer.of(500, "{}")));
        int before = server.requests().size();
        server.endWatches();
        long start = System.nanoTime();
        until(() -> server.requests().size() >= before + 2);
        server.answering(request -> Optional.empty());
        assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(400), "asked again without a pause");
        put("b");
        assertEquals("+b", notes.next());
    }

    @Test
    void closingEndsTheWatch() throws InterruptedException {
        reflector.close();
        // A server sees that a client is gone only when it writes, and not always at the first time.
        until(() -> {
            put("b");
            return server.openWatches(SERVICES) == 0;
        });
        assertNull(notes.heard.poll(100, TimeUnit.MILLISECONDS));
    }
}
