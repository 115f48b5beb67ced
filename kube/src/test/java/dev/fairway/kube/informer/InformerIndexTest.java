package dev.fairway.kube.informer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiRequest;
import dev.fairway.kube.client.ApiResponse;
import dev.fairway.kube.client.ApiTransport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InformerIndexTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private final PipedOutputStream events = new PipedOutputStream();
    private final PipedInputStream watched = new PipedInputStream();
    private Informer informer;
    private Index byNode;

    /** Lists two Pods at version 10, then watches what the test writes. */
    private final class Scripted implements ApiTransport {
        @Override
        public ApiResponse send(ApiRequest request) throws IOException {
            if (request.query().containsKey("watch")) {
                return new ApiResponse(200, watched);
            }
            String list = "{\"metadata\":{\"resourceVersion\":\"10\"},\"items\":["
                    + pod("a", "9", "n1") + "," + pod("b", "4", "n2") + "]}";
            return new ApiResponse(200, new ByteArrayInputStream(list.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void start() throws IOException, InterruptedException {
        // Events may be written before the informer has begun its watch.
        events.connect(watched);
        informer = new Informer(new ApiClient(new Scripted()), ResourceType.PODS);
        byNode = informer.indexBy(pod -> List.of(pod.string("/spec/nodeName")));
        assertTrue(informer.start().awaitSynced(LONG));
        assertTrue(informer.await(() -> informer.observedVersion() == 10, LONG));
    }

    @AfterEach
    void stop() throws IOException {
        informer.close();
        events.close();
    }

    @Test
    void indexesFollowEveryChange() throws Exception {
        assertEquals(List.of("a"), names("n1"));
        event("MODIFIED", pod("a", "11", "n2"));
        assertTrue(informer.await(() -> informer.observedVersion() == 11, LONG));
        assertEquals(List.of(), names("n1"));
        assertEquals(List.of("a", "b"), names("n2"));
        event("DELETED", pod("b", "12", "n2"));
        assertTrue(informer.await(() -> informer.get("ns", "b").isEmpty(), LONG));
        assertEquals(List.of("a"), names("n2"));
        assertEquals(1, informer.inNamespace("ns").size());
    }

    @Test
    void bookmarksAdvanceTheObservedVersion() throws Exception {
        assertFalse(informer.await(() -> informer.observedVersion() > 10, Duration.ofMillis(10)));
        event("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"99\"}}");
        assertTrue(informer.await(() -> informer.observedVersion() == 99, LONG));
    }

    private List<String> names(String node) {
        return byNode.get(node).stream().map(KubeObject::name).sorted().toList();
    }

    private void event(String type, String object) throws IOException {
        String line = "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
        events.write(line.getBytes(StandardCharsets.UTF_8));
        events.flush();
    }

    private static String pod(String name, String version, String node) {
        return "{\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"ns\",\"resourceVersion\":\"" + version
                + "\"},\"spec\":{\"nodeName\":\"" + node + "\"}}";
    }
}
