package dev.fairway.node.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.node.network.PodNetwork;
import dev.fairway.node.runtime.ContainerLog;
import dev.fairway.node.runtime.ContainerSpec;
import dev.fairway.node.runtime.ExecResult;
import dev.fairway.node.runtime.RunningContainer;
import dev.fairway.testkit.TestNamespaces;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probes against a server that says what it is told to, in a namespace. */
final class ProberTest {
    private static final int PORT = 8080;

    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwn");

    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final AtomicReference<String> answer = new AtomicReference<>("HTTP/1.1 200 OK\r\n\r\n");
    private NetworkNamespace node;
    private ServerSocket server;

    @BeforeEach
    void start() throws IOException {
        node = namespaces.create("node");
        server = node.call(() -> {
            ServerSocket socket = new ServerSocket();
            socket.bind(new InetSocketAddress("127.0.0.1", PORT));
            return socket;
        });
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                    serve(client);
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private void serve(Socket client) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder request = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            request.append(line).append('\n');
        }
        if (!request.isEmpty()) {
            requests.add(request.toString());
            if (answer.get().isEmpty()) {
                // Says nothing until the prober has had enough.
                in.readLine();
            }
            client.getOutputStream().write(answer.get().getBytes(StandardCharsets.UTF_8));
        }
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Prober.Answer ask(String probe) throws InterruptedException {
        ContainerSpec container = new ContainerSpec("default", "web", "web", "any", List.of(), Map.of(), "",
                List.of(new ContainerSpec.Port("http", PORT, "TCP")), new PodNetwork(node, InetAddress.getLoopbackAddress()));
        return new Prober(node).ask(Probe.of(Json.parseObject(probe)).orElseThrow(), container, new RunningContainer() {
            @Override
            public ContainerLog log() {
                return new ContainerLog();
            }

            @Override
            public void stop(Duration grace) {
                throw new UnsupportedOperationException();
            }

            @Override
            public ExecResult exec(List<String> command, Duration timeout) {
                return new ExecResult(command.size() - 1, "");
            }
        });
    }

    private static String get(String more) {
        return "{\"httpGet\":{\"port\":\"http\"" + more + "}}";
    }

    @ParameterizedTest
    @CsvSource({"200, true", "204, true", "399, true", "400, false", "503, false", "199, false"})
    void anHttpStatusFrom200To399IsGood(int status, boolean good) throws Exception {
        answer.set("HTTP/1.1 " + status + " X\r\nX-Other: y\r\n\r\nbody");
        Prober.Answer got = ask(get(",\"path\":\"/healthz?x=1\""));
        assertEquals(good, got.good(), got.message());
        assertEquals(good ? "" : "HTTP probe failed with statuscode: " + status, got.message());
        assertTrue(requests.getFirst().startsWith("GET /healthz?x=1 HTTP/1.1\n"), requests::toString);
    }

    @Test
    void headersAreSentAsTheyAreGivenButNeverLeaveTheirLine() throws Exception {
        assertTrue(ask(get(",\"httpHeaders\":[{\"name\":\"Host\",\"value\":\"a.example\"},{\"name\":\"X-A\",\"value\":\"1\\r\\nX-B: 2\"}]")).good());
        List<String> lines = requests.getFirst().lines().toList();
        assertTrue(lines.contains("Host: a.example"), lines::toString);
        assertTrue(lines.contains("X-A: 1  X-B: 2"), lines::toString);
        assertTrue(lines.contains("User-Agent: kube-probe/1.36"), lines::toString);
        assertEquals(1, lines.stream().filter(line -> line.startsWith("Host:")).count());
    }

    @Test
    void redirectsAreFollowedOnTheSameHostAlone() throws Exception {
        answer.set("HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n");
        Prober.Answer loop = ask(get(""));
        assertTrue(!loop.good() && loop.message().contains("stopped after 10 redirects"), loop.message());
        assertTrue(requests.getLast().startsWith("GET /again HTTP/1.1\n"));
        answer.set("HTTP/1.1 302 Found\r\nLocation: http://other.example/\r\n\r\n");
        assertTrue(ask(get("")).good());
    }

    @ParameterizedTest
    @CsvSource({
        "'hello', malformed HTTP response",
        "'HTTP/1.1 two OK', malformed HTTP response",
        "'', context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    })
    void whatIsNoAnswerSaysSo(String said, String message) throws Exception {
        answer.set(said.isEmpty() ? said : said + "\r\n\r\n");
        assertEquals(new Prober.Answer(false, "Get \"http://127.0.0.1:8080/\": " + message), ask(get("")));
    }

    @Test
    void aPortWhereNobodyListensIsRefused() throws Exception {
        assertEquals(new Prober.Answer(false, "Get \"http://127.0.0.1:9/\": dial tcp 127.0.0.1:9: connect: connection refused"),
                ask("{\"httpGet\":{\"port\":9}}"));
        assertEquals(new Prober.Answer(false, "dial tcp 127.0.0.1:9: connect: connection refused"), ask("{\"tcpSocket\":{\"port\":9}}"));
        assertEquals(new Prober.Answer(false, "couldn't find port: nope"), ask("{\"tcpSocket\":{\"port\":\"nope\"}}"));
    }

    @Test
    void aConnectionIsEnoughForTcpAndAnExitCodeForExec() throws Exception {
        assertTrue(ask("{\"tcpSocket\":{\"port\":\"http\"}}").good());
        assertTrue(ask("{\"exec\":{\"command\":[\"a\"]}}").good());
        assertEquals(new Prober.Answer(false, "command exited with 1"), ask("{\"exec\":{\"command\":[\"a\",\"b\"]}}"));
    }

    @Test
    void hostNamesAreNotLookedUp() throws Exception {
        assertTrue(!ask(get(",\"host\":\"localhost\"")).good());
        assertEquals(List.of(), requests);
    }

    @Test
    void defaultsAreThoseOfTheApi() {
        Probe probe = Probe.of(Json.parseObject("{\"tcpSocket\":{\"port\":80}}")).orElseThrow();
        assertEquals(List.of(0L, 10L, 1L), List.of(probe.initialDelay().toSeconds(), probe.period().toSeconds(), probe.timeout().toSeconds()));
        assertEquals(List.of(1, 3), List.of(probe.successThreshold(), probe.failureThreshold()));
        assertTrue(Probe.of(Json.object()).isEmpty());
    }
}
