package dev.fairway.kube.client;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.ResourceType;
import dev.fairway.testkit.api.FakeApiServer;
import dev.fairway.testkit.api.FakeApiServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HttpTransportTest {
    private static final String SERVICES = "/api/v1/services";

    @TempDir
    Path folder;

    private FakeApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = FakeApiServer.http();
        server.declare(SERVICES);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ClientConfig config() {
        return ClientConfig.of(server.uri());
    }

    private FakeApiServer.Request lastRequest() {
        return server.requests().getLast();
    }

    @Test
    void listsThroughGzipAndSaysWhoItIs() throws IOException {
        server.put(SERVICES, "a", "{\"metadata\":{\"name\":\"a\"}}");
        try (HttpTransport transport = new HttpTransport(config().withUserAgent("fairway/test"))) {
            ObjectList list = new ApiClient(transport).list(ResourceType.SERVICES, "", Query.labels("!a,b=c"));
            assertEquals("a", list.items().getFirst().name());
        }
        assertEquals("gzip", lastRequest().headers().get("accept-encoding"));
        assertEquals("fairway/test", lastRequest().headers().get("user-agent"));
        assertEquals("!a,b=c", lastRequest().query().get("labelSelector"));
    }

    @Test
    void closingAWatchFromAnotherThreadEndsItAtOnce() throws Exception {
        try (HttpTransport transport = new HttpTransport(config())) {
            WatchStream watch = new ApiClient(transport).watch(ResourceType.SERVICES, "", Query.ALL.at("100"));
            FutureTask<String> reader = new FutureTask<>(() -> {
                try {
                    return watch.nextFrame().isPresent() ? "frame" : "end";
                } catch (IOException e) {
                    return "end";
                }
            });
            Thread thread = Thread.ofPlatform().start(reader);
            until(() -> thread.getState() == Thread.State.WAITING);
            watch.close();
            assertEquals("end", reader.get(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void closingTheTransportEndsItsWatchesAndRefusesMore() throws Exception {
        HttpTransport transport = new HttpTransport(config());
        WatchStream watch = new ApiClient(transport).watch(ResourceType.SERVICES, "", Query.ALL.at("100"));
        FutureTask<Boolean> reader = new FutureTask<>(() -> {
            try {
                return watch.nextFrame().isEmpty();
            } catch (IOException e) {
                return true;
            }
        });
        Thread.ofVirtual().start(reader);
        transport.close();
        assertTrue(reader.get(5, TimeUnit.SECONDS));
        assertThrows(IOException.class, () -> transport.send(ApiRequest.get(SERVICES)));
    }

    @Test
    void manyWatchesAtOnceEachGetEachChange() throws Exception {
        int watches = 150;
        CountDownLatch seen = new CountDownLatch(watches);
        List<WatchStream> open = new ArrayList<>();
        try (HttpTransport transport = new HttpTransport(config())) {
            for (int i = 0; i < watches; i++) {
                WatchStream watch = new ApiClient(transport).watch(ResourceType.SERVICES, "", Query.ALL.at("100"));
                open.add(watch);
                Thread.ofVirtual().start(() -> {
                    try {
                        if (watch.nextFrame().isPresent()) {
                            seen.countDown();
                        }
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
            }
            server.put(SERVICES, "a", "{\"metadata\":{\"name\":\"a\"}}");
            assertTrue(seen.await(20, TimeUnit.SECONDS), () -> seen.getCount() + " watches saw nothing");
            open.forEach(WatchStream::close);
        }
    }

    @Test
    void aRefusalCarriesCodeReasonAndMessage() throws IOException {
        server.answering(request -> Optional.of(Answer.of(403,
                "{\"kind\":\"Status\",\"code\":403,\"reason\":\"Forbidden\",\"message\":\"no services for you\"}")));
        try (HttpTransport transport = new HttpTransport(config())) {
            ApiException refused = assertThrows(ApiException.class,
                    () -> new ApiClient(transport).list(ResourceType.SERVICES, "", Query.ALL));
            assertEquals(403, refused.code());
            assertEquals("Forbidden", refused.reason());
            assertEquals("no services for you", refused.getMessage());
        }
    }

    @Test
    void aServerThatIsNotThereIsAnErrorOfCode0() throws IOException {
        server.stop();
        try (HttpTransport transport = new HttpTransport(config())) {
            ApiException refused = assertThrows(ApiException.class,
                    () -> new ApiClient(transport).list(ResourceType.SERVICES, "", Query.ALL));
            assertEquals(0, refused.code());
        }
    }

    @Test
    void aBusyServerIsAskedAgain() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        server.answering(request -> asked.incrementAndGet() < 3
                ? Optional.of(new Answer(429, Map.of("Retry-After", "0"), "busy"))
                : Optional.empty());
        try (HttpTransport transport = new HttpTransport(config())) {
            new ApiClient(transport).list(ResourceType.SERVICES, "", Query.ALL);
        }
        assertEquals(3, asked.get());
    }

    @Test
    void aRenewedTokenFileIsReadAfterARefusal() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "old\n");
        server.answering(request -> {
            if (request.headers().get("authorization").equals("Bearer new")) {
                return Optional.empty();
            }
            try {
                Files.writeString(token, "new\n");
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            return Optional.of(Answer.of(401, "{}"));
        });
        try (HttpTransport transport =
                new HttpTransport(config().withCredentials(new Credentials.TokenFile(token)))) {
            new ApiClient(transport).list(ResourceType.SERVICES, "", Query.ALL);
        }
        assertEquals(List.of("Bearer old", "Bearer new"),
                server.requests().stream().map(request -> request.headers().get("authorization")).toList());
    }

    @Test
    void aFixedTokenIsNotTriedTwice() throws IOException {
        server.answering(request -> Optional.of(Answer.of(401, "{}")));
        try (HttpTransport transport = new HttpTransport(config().withCredentials(new Credentials.Token("t")))) {
            assertEquals(401, assertThrows(ApiException.class,
                    () -> new ApiClient(transport).list(ResourceType.SERVICES, "", Query.ALL)).code());
        }
        assertEquals(1, server.requests().size());
    }

    @Test
    void sendsBasicCredentialsAndImpersonation() throws IOException {
        ClientConfig config = config()
                .withCredentials(new Credentials.Basic("ann", "secret"))
                .withImpersonate(Map.of("Impersonate-User", List.of("bob"), "Impersonate-Group", List.of("x", "y")));
        try (HttpTransport transport = new HttpTransport(config)) {
            new ApiClient(transport).list(ResourceType.SERVICES, "", Query.ALL);
        }
        assertEquals("Basic YW5uOnNlY3JldA==", lastRequest().headers().get("authorization"));
        assertEquals("bob", lastRequest().headers().get("impersonate-user"));
        assertEquals("x,y", lastRequest().headers().get("impersonate-group"));
    }

    @Test
    void tellsTheObserverOfAnswersAndFailures() throws IOException {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        RequestObserver observer = (request, host, code, duration) -> {
            assertFalse(duration.isNegative());
            seen.add(request.method() + " " + host + " " + code);
        };
        String host = server.uri().getAuthority();
        try (HttpTransport transport = new HttpTransport(config(), observer)) {
            ApiClient client = new ApiClient(transport);
            client.list(ResourceType.SERVICES, "", Query.ALL);
            server.stop();
            assertThrows(ApiException.class, () -> client.list(ResourceType.SERVICES, "", Query.ALL));
        }
        assertEquals(List.of("GET " + host + " 200", "GET " + host + " <error>"), List.copyOf(seen));
    }

    @Test
    void aPathInTheServersUrlComesFirst() throws IOException {
        server.answering(request -> Optional.of(Answer.of(200, "{\"items\":[]}")));
        try (HttpTransport transport =
                new HttpTransport(config().withServer(server.uri().resolve("/clusters/one/")))) {
            new ApiClient(transport).list(ResourceType.SERVICES, "", Query.ALL);
        }
        assertEquals("/clusters/one/api/v1/services", lastRequest().path());
    }

    @Test
    void theRateHolds() {
        TokenBucket bucket = new TokenBucket(10, 3);
        long now = System.nanoTime();
        assertEquals(List.of(0L, 0L, 0L), List.of(bucket.reserve(now), bucket.reserve(now), bucket.reserve(now)));
        assertEquals(Duration.ofMillis(100), Duration.ofNanos(bucket.reserve(now)));
        assertEquals(Duration.ofMillis(200), Duration.ofNanos(bucket.reserve(now)));
        long later = now + Duration.ofMinutes(1).toNanos();
        assertEquals(List.of(0L, 0L, 0L),
                List.of(bucket.reserve(later), bucket.reserve(later), bucket.reserve(later)));
        assertEquals(Duration.ofMillis(100), Duration.ofNanos(bucket.reserve(later)));
    }

    @Test
    void anInterruptEndsAWait() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        server.answering(request -> {
            asked.countDown();
            return Optional.of(new Answer(429, Map.of("Retry-After", "30"), ""));
        });
        try (HttpTransport transport = new HttpTransport(config())) {
            FutureTask<Exception> sender = new FutureTask<>(() ->
                    assertThrows(InterruptedException.class, () -> transport.send(ApiRequest.get(SERVICES))));
            Thread thread = Thread.ofVirtual().start(sender);
            asked.await();
            thread.interrupt();
            sender.get(10, TimeUnit.SECONDS);
        }
    }
}
