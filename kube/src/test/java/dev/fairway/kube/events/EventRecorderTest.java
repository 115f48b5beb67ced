package dev.fairway.kube.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiRequest;
import dev.fairway.kube.client.ApiResponse;
import dev.fairway.kube.client.ApiTransport;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class EventRecorderTest {
    /** Remembers what was sent; answers everything with 200, or patches with 404. */
    private record Recording(BlockingQueue<ApiRequest> sent, boolean patchesMiss) implements ApiTransport {
        @Override
        public ApiResponse send(ApiRequest request) {
            sent.add(request);
            boolean miss = patchesMiss && request.method().equals("PATCH");
            return new ApiResponse(miss ? 404 : 200, new ByteArrayInputStream("{}".getBytes()));
        }

        @Override
        public void close() {}
    }

    private final BlockingQueue<ApiRequest> sent = new LinkedBlockingQueue<>();
    private final KubeObject pod = KubeObject.of(ResourceType.PODS, "ns", "web");

    private EventRecorder recorder(boolean patchesMiss) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        return new EventRecorder(
                new ApiClient(new Recording(sent, patchesMiss)), "kubelet", "node-a", InstantSource.fixed(now));
    }

    private ApiRequest next() throws InterruptedException {
        return sent.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void firstIsCreatedAndRepeatIsPatched() throws InterruptedException {
        try (EventRecorder recorder = recorder(false)) {
            recorder.warning(pod, "Unhealthy", "probe failed");
            recorder.warning(pod, "Unhealthy", "probe failed");
            ApiRequest create = next();
            assertEquals("POST /api/v1/namespaces/ns/events", create.toString());
            ObjectNode event = Json.parseObject(create.body());
            assertEquals("Warning", event.path("type").asString());
            assertEquals("web", event.at("/involvedObject/name").asString());
            assertEquals("node-a", event.at("/source/host").asString());
            assertEquals("2026-01-01T00:00:00Z", event.path("firstTimestamp").asString());
            ApiRequest patch = next();
            String name = event.at("/metadata/name").asString();
            assertEquals("PATCH /api/v1/namespaces/ns/events/" + name, patch.toString());
            assertEquals(2, Json.parseObject(patch.body()).path("count").asInt());
        }
    }

    @Test
    void expiredEventIsCreatedAgain() throws InterruptedException {
        try (EventRecorder recorder = recorder(true)) {
            recorder.normal(KubeObject.of(ResourceType.NODES, "", "n1"), "Starting", "x");
            recorder.normal(KubeObject.of(ResourceType.NODES, "", "n1"), "Starting", "x");
            assertEquals("POST /api/v1/namespaces/default/events", next().toString());
            assertEquals("PATCH", next().method());
            ApiRequest again = next();
            assertEquals("POST", again.method());
            assertEquals(2, Json.parseObject(again.body()).path("count").asInt());
        }
    }
}
