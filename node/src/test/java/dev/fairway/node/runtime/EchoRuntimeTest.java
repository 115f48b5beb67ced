package dev.fairway.node.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.node.network.PodNetwork;
import dev.fairway.testkit.TestNamespaces;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class EchoRuntimeTest {
    private static final Duration DRAIN = Duration.ofMillis(300);
    /** Less than a client may linger: no client waits for another one to hang up. */
    private static final int TIMEOUT_MILLIS = 3_000;
    private static final String LINE = "web-1 127.0.0.1 127.0.0.1\n";

    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwn");

    private final CompletableFuture<ContainerExit> exit = new CompletableFuture<>();
    private EchoRuntime runtime;
    private NetworkNamespace pod;

    @BeforeEach
    void create() throws IOException {
        runtime = new EchoRuntime(DRAIN);
        pod = namespaces.create("pod");
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    private RunningContainer start(ContainerSpec.Port... ports) throws IOException {
        return runtime.start(new ContainerSpec("default", "web-1", "web", EchoRuntime.IMAGE, List.of(), Map.of(), "",
                List.of(ports), new PodNetwork(pod, InetAddress.getLoopbackAddress())), exit::complete);
    }

    private static ContainerSpec.Port tcp(int number) {
        return new ContainerSpec.Port("", number, "TCP");
    }

    private Socket connect(int port) throws IOException {
        return pod.call(() -> {
            Socket socket = new Socket();
            socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            return socket;
        });
    }

    private String ask(int port, String request) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void answersEveryPortWithPodAddressAndClient() throws IOException {
        start(tcp(8080), tcp(9090));
        assertEquals(LINE, ask(8080, "hello\n"));
        assertEquals(LINE, ask(9090, ""));
    }

    @Test
    void answersHttpAsAPage() throws IOException {
        start(tcp(8080));
        String answer = ask(8080, "GET /any HTTP/1.1\r\nHost: x\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertTrue(answer.contains("Content-Length: " + LINE.length() + "\r\n"), answer);
        assertTrue(answer.endsWith("\r\n\r\n" + LINE), answer);
        assertTrue(ask(8080, "HEAD / HTTP/1.1\r\n\r\n").endsWith("\r\n\r\n"));
    }

    @Test
    void answersDatagrams() throws IOException {
        start(new ContainerSpec.Port("", 5353, "UDP"));
        String answer = pod.call(() -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.send(new DatagramPacket(new byte[] {1}, 1, new InetSocketAddress("127.0.0.1", 5353)));
                DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
                socket.receive(packet);
                return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
            }
        });
        assertEquals(LINE, answer);
    }

    @Test
    void answersManyAtOnce() throws IOException {
        start(tcp(8080));
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                open.add(connect(8080));
            }
            for (Socket socket : open) {
                assertEquals(LINE, new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void goesOnAnsweringForAWhileWhenItIsStopped() throws Exception {
        RunningContainer container = start(tcp(8080));
        long begun = System.nanoTime();
        container.stop(Duration.ofSeconds(30));
        assertEquals(LINE, ask(8080, ""));
        assertFalse(exit.isDone());
        assertEquals(0, exit.get(10, TimeUnit.SECONDS).code());
        assertTrue(System.nanoTime() - begun >= DRAIN.toNanos());
        assertThrows(ConnectException.class, () -> connect(8080));
    }

    @Test
    void endsAtOnceWithoutAGracePeriod() throws Exception {
        start(tcp(8080)).stop(Duration.ZERO);
        exit.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aPortThatIsTakenOrUnknownIsAnErrorAndFreesTheOthers() throws IOException {
        assertThrows(IOException.class, () -> start(tcp(8080), tcp(8080)));
        IOException sctp = assertThrows(IOException.class, () -> start(tcp(8080), new ContainerSpec.Port("", 9, "SCTP")));
        assertTrue(sctp.getMessage().contains("SCTP"), sctp.getMessage());
        start(tcp(8080));
        assertEquals(LINE, ask(8080, ""));
    }

    @Test
    void runsItsImageWithAnyTagAndNoOther() {
        assertTrue(runtime.runs("fairway.local/echo"));
        assertTrue(runtime.runs("fairway.local/echo:v2"));
        assertFalse(runtime.runs("fairway.local/echo2"));
        assertFalse(runtime.runs("echo"));
    }
}
