package dev.fairway.proxy.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiRequest;
import dev.fairway.kube.client.ApiResponse;
import dev.fairway.kube.client.ApiTransport;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ProxyEventsTest {
    private static final ObjectKey WEB = new ObjectKey("ns", "web");

    private final BlockingQueue<ApiRequest> sent = new LinkedBlockingQueue<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00.123456789Z"));
    private final ProxyEvents events = new ProxyEvents(new ApiClient(new ApiTransport() {
        @Override
        public ApiResponse send(ApiRequest request) {
            sent.add(request);
            return new ApiResponse(200, new ByteArrayInputStream("{}".getBytes()));
        }

        @Override
        public void close() {}
    }), "node-a", now::get);

    @AfterEach
    void close() {
        events.close();
    }

    private ApiRequest next() throws InterruptedException {
        return sent.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void theFirstOneIsCreated() throws InterruptedException {
        events.serviceHealthFailed(WEB, 32000, "in use");
        ApiRequest request = next();
        assertEquals("POST /apis/events.k8s.io/v1/namespaces/ns/events", request.toString());
        ObjectNode event = Json.parseObject(request.body());
        assertEquals("2026-01-01T00:00:00.123456Z", event.path("eventTime").asString());
        assertEquals("kube-proxy-node-a", event.path("reportingInstance").asString());
        assertEquals("Warning", event.path("type").asString());
        assertEquals("{\"kind\":\"Service\",\"namespace\":\"ns\",\"name\":\"web\",\"uid\":\"ns/web\"}", event.path("regarding").toString());
        assertTrue(event.at("/metadata/name").asString().matches("web\\.[0-9a-f]+"));
    }

    @Test
    void repeatsWithinSixMinutesBecomeASeries() throws InterruptedException {
        events.setAside("Service", WEB, "", "bad");
        String name = Json.parseObject(next().body()).at("/metadata/name").asString();
        for (int count = 2; count < 4; count++) {
            now.set(now.get().plusSeconds(300));
            events.setAside("Service", WEB, "", "bad");
            ApiRequest patch = next();
            assertEquals("PATCH /apis/events.k8s.io/v1/namespaces/ns/events/" + name, patch.toString());
            assertEquals(count, Json.parseObject(patch.body()).at("/series/count").asInt());
        }
        now.set(now.get().plusSeconds(361));
        events.setAside("Service", WEB, "", "bad");
        assertEquals("POST", next().method());
        events.setAside("Service", WEB, "u-1", "worse");
        assertEquals("POST", next().method());
    }

    @Test
    void aLongNoteIsCut() throws InterruptedException {
        events.setAside("Service", WEB, "", "x".repeat(5_000));
        assertEquals(1024, Json.parseObject(next().body()).path("note").asString().length());
    }

    @Test
    void afterClosingNothingIsWritten() throws InterruptedException {
        events.starting();
        next();
        events.close();
        events.starting();
        assertNull(sent.poll(50, TimeUnit.MILLISECONDS));
    }
}
