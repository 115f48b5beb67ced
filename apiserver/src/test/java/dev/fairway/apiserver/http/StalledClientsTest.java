package dev.fairway.apiserver.http;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that neither read nor write, with their connections open: they lose them, and nobody else anything. */
@Timeout(120)
class StalledClientsTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    /** As in {@code /proc/net/tcp}. */
    private static final String ESTABLISHED = "01";
    private RunningServer server;
    private SSLContext context;

    @BeforeEach
    void start() {
        server = RunningServer.configured(config -> config.withRequestTimeout(Duration.ofSeconds(2)));
        context = server.context(server.server().pki().client("stalled", "kubernetes-admin", List.of("system:masters")));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Socket connect(String request) throws IOException {
        Socket socket = context.getSocketFactory().createSocket();
        // Before it connects, or the kernel takes megabytes in that nobody reads.
        socket.setReceiveBufferSize(4096);
        socket.connect(new java.net.InetSocketAddress("127.0.0.1", URI.create(server.server().url()).getPort()));
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(request.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return socket;
    }

    private void create(String name, int bytes) {
        assertEquals(201, server.post(MAPS, "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"a\":\"" + "x".repeat(bytes) + "\"}}").status());
    }

    private double watches() {
        return server.get("/metrics").body().lines().filter(line -> line.startsWith("apiserver_longrunning_requests{")
                && line.contains("resource=\"configmaps\"")).mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** Whether the kernel says so of the other end: here its end would show only behind what nobody reads. */
    private static boolean closedByPeer(Socket socket) {
        String local = String.format(":%04X ", socket.getLocalPort());
        try (Stream<String> lines = Stream.concat(Files.lines(Path.of("/proc/net/tcp")), Files.lines(Path.of("/proc/net/tcp6")))) {
            return lines.map(line -> line.strip().split("\\s+")).filter(words -> (words[2] + " ").endsWith(local))
                    .noneMatch(words -> words[3].equals(ESTABLISHED));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void watchersThatNeverReadAreCutOff() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                sockets.add(connect("GET " + MAPS + "?watch=1 HTTP/1.1|Host: a||"));
            }
            until("all watch", () -> watches() == 20);
            AtomicBoolean done = new AtomicBoolean();
            Thread writer = Thread.ofVirtual().start(() -> {
                for (int i = 0; !done.get(); i++) {
                    create("big-" + i % 20 + "-" + i, 200_000);
                    server.delete(MAPS + "/big-" + i % 20 + "-" + i, "");
                }
            });
            until("none watches any more", () -> watches() == 0);
            done.set(true);
            writer.join();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        assertEquals("ok", server.get("/livez").body());
    }

    @Test
    void anAnswerThatNobodyTakesIsGivenUp() throws Exception {
        for (int i = 0; i < 60; i++) {
            create("large-" + i, 500_000);
        }
        try (Socket socket = connect("GET " + MAPS + " HTTP/1.1|Host: a||")) {
            byte[] rest = new byte[1 << 16];
            long read = 0;
            assertEquals('H', socket.getInputStream().read());
            until("the server closes the connection", () -> closedByPeer(socket));
            try {
                for (int n = socket.getInputStream().read(rest); n >= 0; n = socket.getInputStream().read(rest)) {
                    read += n;
                }
            } catch (IOException reset) {
                assertTrue(reset.getMessage() != null);
            }
            assertTrue(read < 30_000_000, "all " + read + " bytes came");
        }
    }

    @Test
    void aBodyThatDoesNotComeIsGivenUp() throws Exception {
        try (Socket socket = connect("POST " + MAPS + " HTTP/1.1|Host: a|Content-Type: application/json|Content-Length: 1000||{\"metadata\":")) {
            byte[] answer = socket.getInputStream().readAllBytes();
            assertTrue(answer.length == 0 || new String(answer, StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 4"),
                    new String(answer, StandardCharsets.ISO_8859_1));
        }
        assertEquals("ok", server.get("/livez").body());
    }
}
