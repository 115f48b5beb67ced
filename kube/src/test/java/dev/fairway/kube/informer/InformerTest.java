package dev.fairway.kube.informer;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.HttpTransport;
import dev.fairway.testkit.api.FakeApiServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InformerTest {
    private static final String SERVICES = "/api/v1/services";

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private FakeApiServer server;
    private HttpTransport transport;
    private Informer informer;

    @BeforeEach
    void start() throws IOException {
        server = FakeApiServer.http();
        server.declare(SERVICES);
        transport = new HttpTransport(ClientConfig.of(server.uri()));
        informer = new Informer(new ApiClient(transport), ResourceType.SERVICES).onChange((before, after) ->
                heard.add(before.map(KubeObject::name).orElse("") + ">" + after.map(KubeObject::name).orElse("")));
    }

    @AfterEach
    void stop() {
        informer.close();
        transport.close();
        server.close();
    }

    private void put(String namespace, String name) {
        server.put(SERVICES, namespace + "/" + name,
                "{\"metadata\":{\"namespace\":\"" + namespace + "\",\"name\":\"" + name + "\"}}");
    }

    private String next() throws InterruptedException {
        return heard.poll(20, TimeUnit.SECONDS);
    }

    @Test
    void knowsTheCollectionAndTellsOfDifferences() throws InterruptedException {
        put("n", "a");
        assertFalse(informer.awaitSynced(Duration.ZERO));
        assertTrue(informer.start().awaitSynced(Duration.ofSeconds(20)));
        assertEquals(">a", next());
        put("m", "b");
        assertEquals(">b", next());
        put("m", "b");
        assertEquals("b>b", next());
        assertEquals("Service", informer.get("m", "b").orElseThrow().kind());
        assertEquals(1, informer.inNamespace("m").size());
        server.delete(SERVICES, "m/b");
        assertEquals("b>", next());
        assertTrue(informer.get("m", "b").isEmpty());
    }

    @Test
    void aSecondListTellsOnlyWhatIsDifferent() throws InterruptedException {
        put("n", "same");
        put("n", "going");
        informer.start();
        assertEquals(">same", next());
        assertEquals(">going", next());
        until(() -> server.openWatches(SERVICES) > 0);
        server.endWatches();
        until(() -> server.openWatches(SERVICES) == 0);
        server.delete(SERVICES, "n/going");
        put("n", "coming");
        server.compact();
        assertEquals(">coming", next());
        assertEquals("going>", next());
        assertEquals(2, informer.all().size());
    }
}
