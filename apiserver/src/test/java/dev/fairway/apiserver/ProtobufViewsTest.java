package dev.fairway.apiserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.apiserver.RunningServer.Answer;
import dev.fairway.schema.Protobuf;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Views of objects in protobuf, as metadata informers of Go ask for them. */
class ProtobufViewsTest {
    private static final String PARTIAL = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata%s;g=meta.k8s.io;v=%s";
    private static RunningServer server;
    private static HttpClient client;
    private static String maps;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        client = server.client(server.server().pki().client("proto", "kubernetes-admin", List.of("system:masters")));
        maps = "/api/v1/namespaces/" + server.namespace() + "/configmaps";
        server.post(maps, "{\"metadata\":{\"name\":\"a\",\"labels\":{\"l\":\"v\"}},\"data\":{\"k\":\"v\"}}");
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static HttpResponse<byte[]> get(String path, String accept) throws IOException, InterruptedException {
        return client.send(server.request("GET", path, null, "Accept", accept), HttpResponse.BodyHandlers.ofByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1beta1"})
    void metadataAlone(String version) throws IOException, InterruptedException {
        HttpResponse<byte[]> one = get(maps + "/a", PARTIAL.formatted("", version));
        assertEquals("application/vnd.kubernetes.protobuf", one.headers().firstValue("Content-Type").orElse(""));
        JsonNode object = Protobuf.decode(one.body());
        assertEquals("PartialObjectMetadata", object.path("kind").asString());
        assertEquals("meta.k8s.io/" + version, object.path("apiVersion").asString());
        assertEquals(server.get(maps + "/a").json().path("metadata"), object.path("metadata"));
        assertEquals(200, get(maps, PARTIAL.formatted("List", version)).statusCode());
    }

    @Test
    void aWatchOfMetadata() throws IOException, InterruptedException {
        HttpResponse<byte[]> watch = get(maps + "?watch=1&timeoutSeconds=1&resourceVersion=0", PARTIAL.formatted("", "v1"));
        assertEquals("application/vnd.kubernetes.protobuf;stream=watch", watch.headers().firstValue("Content-Type").orElse(""));
        DataInputStream frames = new DataInputStream(new ByteArrayInputStream(watch.body()));
        byte[] event = frames.readNBytes(frames.readInt());
        assertEquals("ADDED", new String(event, 2, event[1], java.nio.charset.StandardCharsets.US_ASCII));
        int raw = 2;
        while (event[raw] != 'k' || event[raw + 1] != '8' || event[raw + 2] != 's') {
            raw++;
        }
        JsonNode object = Protobuf.decode(java.util.Arrays.copyOfRange(event, raw, event.length));
        assertEquals("a", object.path("metadata").path("name").asString());
    }

    @Test
    void aTableIsNotProtobuf() throws IOException, InterruptedException {
        String table = "application/vnd.kubernetes.protobuf;as=Table;g=meta.k8s.io;v=v1";
        assertEquals(406, get(maps, table).statusCode());
        Answer next = server.get(maps, "Accept", table + ",application/json;as=Table;g=meta.k8s.io;v=v1,application/json");
        assertEquals("Table", next.json().path("kind").asString());
    }
}
