package dev.fairway.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes that no HTTP client would send, and clients that say half of what they want. */
class RawRequestsTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static RunningServer server;
    private static SSLContext context;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        context = server.context(server.server().pki().client("raw", "kubernetes-admin", List.of("system:masters")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Socket connect() throws IOException {
        Socket socket = context.getSocketFactory().createSocket("127.0.0.1", URI.create(server.server().url()).getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** The status line of the answer. */
    private static String answer(String request) throws IOException {
        try (Socket socket = connect(); BufferedReader lines = lines(socket)) {
            send(socket, request);
            return lines.readLine();
        }
    }

    private static BufferedReader lines(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "400;FOO!@ /version HTTP/1.1|Host: a||", "400;garbage||", "400;GET /version HTTP/1.1||",
        "200;GET https://127.0.0.1/version HTTP/1.1|Host: a||", "404;GET /api/v1/../../etc/passwd HTTP/1.1|Host: a||",
        "405;TRACE /version HTTP/1.1|Host: a||",
        "400;POST /api/v1/namespaces/default/configmaps HTTP/1.1|Host: a|Transfer-Encoding: chunked||zz|{}|0||",
        "400;POST /api/v1/namespaces/default/configmaps HTTP/1.1|Host: a|Content-Length: -5||{}",
        "400;POST /api/v1/namespaces/default/configmaps HTTP/1.1|Host: a|Content-Length: 2|Content-Length: 3||{}1",
        "400;POST /api/v1/namespaces/default/configmaps HTTP/1.1|Host: a|Content-Length: 2|Transfer-Encoding: chunked||2|{}|0||",
        "413;POST /api/v1/namespaces/default/configmaps HTTP/1.1|Host: a|Content-Type: application/json|Content-Length: 99999999999||{"})
    void brokenRequests(int status, String request) throws IOException {
        String answer = answer(request);
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    }

    @ParameterizedTest
    @CsvSource({"GET /api?x=,414", "'GET /api HTTP/1.1|Host: a|X: ',400"})
    void longTargetsAndHeaders(String start, int status) throws IOException {
        String answer = answer(start + "a".repeat(100_000));
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    }

    @Test
    void requestsInARowAreAnsweredInOrder() throws IOException {
        try (Socket socket = connect(); BufferedReader lines = lines(socket)) {
            send(socket, "HEAD /version HTTP/1.1|Host: a||GET /none HTTP/1.1|Host: a||GET /healthz HTTP/1.1|Host: a|Connection: close||");
            String all = lines.lines().collect(Collectors.joining("\n"));
            List<String> codes = Pattern.compile("HTTP/1\\.1 (\\d+)").matcher(all).results().map(each -> each.group(1)).toList();
            assertEquals(List.of("200", "404", "200"), codes, all);
        }
    }

    /** Clients that say half of what they want, and then nothing, keep nobody from being served. */
    @Test
    void halfRequestsAreNoHindrance() throws IOException {
        List<String> halves = List.of("", "GET /ver", "GET /version HTTP/1.1|Host:", "POST /api/v1/namespaces/default/configmaps HTTP/1.1|Host: a|"
                + "Content-Type: application/json|Content-Length: 100||{\"metadata\":{\"name\":\"half\"}}");
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = connect();
                sockets.add(socket);
                send(socket, halves.get(i % halves.size()));
                Socket plain = new Socket("127.0.0.1", URI.create(server.server().url()).getPort());
                sockets.add(plain);
                plain.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0});
            }
            assertEquals(200, server.get("/readyz").status());
            assertEquals(201, server.post(MAPS + "?dryRun=All", "{\"metadata\":{\"name\":\"whole\"}}").status());
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        assertEquals(404, server.get(MAPS + "/half").status());
    }
}
