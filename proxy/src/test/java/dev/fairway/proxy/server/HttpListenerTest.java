package dev.fairway.proxy.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.proxy.config.HostPort;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.server.HttpListener.Page;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpListenerTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private int port;
    private HttpListener listener;

    @BeforeEach
    void listen() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, HERE)) {
            port = free.getLocalPort();
        }
        listener = HttpListener.open(Optional.empty(), new HostPort(IpAddress.of(HERE), port), Map.of(
                "/weight", query -> Page.text("weight " + query).with("X-Load-Balancing-Endpoint-Weight", "3"),
                "/broken", query -> {
                    throw new IOException("told to fail");
                }));
    }

    @AfterEach
    void close() {
        listener.close();
    }

    /** All that comes until the server ends the connection. */
    private String exchange(String request) throws IOException {
        try (Socket socket = new Socket(HERE, port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .replaceAll("Date: \\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT", "Date: now");
        }
    }

    @Test
    void headersHaveTheNamesThatKubeProxyWrites() throws IOException {
        assertEquals("""
                HTTP/1.1 200 OK\r
                Content-Type: text/plain; charset=utf-8\r
                X-Content-Type-Options: nosniff\r
                X-Load-Balancing-Endpoint-Weight: 3\r
                Date: now\r
                Content-Length: 10\r
                Connection: close\r
                \r
                weight a=b""", exchange("GET /weight?a=b HTTP/1.0\r\n\r\n"));
    }

    @Test
    void aConnectionTakesManyRequestsWithOrWithoutBodies() throws IOException {
        String answers = exchange("POST /weight?1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
                + "HEAD /weight?2 HTTP/1.1\nHost: x\n\n"
                + "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\nGET /broken HTTP/1.1\r\nconnection: Close\r\n\r\nGET /weight HTTP/1.1\r\n\r\n");
        assertEquals(4, answers.split("HTTP/1.1 ", -1).length - 1, answers);
        assertTrue(answers.contains("weight 1HTTP/1.1 200 OK"), answers);
        assertTrue(answers.contains("Content-Length: 8\r\n\r\nHTTP/1.1 404 Not Found"), answers);
        assertTrue(answers.contains("404 page not found\nHTTP/1.1 500 Internal Server Error"), answers);
        assertTrue(answers.endsWith("Connection: close\r\n\r\ninternal error\n"), answers);
    }

    @Test
    void whatIsNoRequestIsRefused() throws IOException {
        for (String garbage : new String[] {"hello\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n"}) {
            assertTrue(exchange(garbage).startsWith("HTTP/1.1 400 Bad Request\r\n"), garbage);
        }
        assertThrows(IOException.class, () -> {
            if (exchange("GET / HTTP/1.1\r\nx: " + "y".repeat(1 << 20)).isEmpty()) {
                throw new IOException("closed");
            }
        });
    }

    @Test
    void closingEndsConnectionsAndFreesThePort() throws IOException {
        try (Socket idle = new Socket(HERE, port)) {
            assertTrue(exchange("GET /weight HTTP/1.0\r\n\r\n").startsWith("HTTP/1.1 200"));
            listener.close();
            assertEquals(-1, idle.getInputStream().read());
        }
        listener = HttpListener.open(Optional.empty(), new HostPort(IpAddress.of(HERE), port), Map.of());
    }
}
