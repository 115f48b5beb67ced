package dev.fairway.proxy.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.proxy.config.HostPort;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.server.HttpListener.Page;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpListenerTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final HttpClient client = HttpClient.newHttpClient();
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
        client.close();
        listener.close();
    }

    private HttpResponse<String> ask(String method, String target) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void pagesAreAnsweredWithTheirHeaders() throws Exception {
        HttpResponse<String> answer = ask("GET", "/weight?a=b");
        assertEquals(200, answer.statusCode());
        assertEquals("weight a=b", answer.body());
        assertEquals("3", answer.headers().firstValue("X-Load-Balancing-Endpoint-Weight").orElseThrow());
        assertEquals("nosniff", answer.headers().firstValue("X-Content-Type-Options").orElseThrow());
        assertEquals("", ask("HEAD", "/weight").body());
    }

    @Test
    void whatIsNoPageIsNotFoundAndWhatFailsIsAnError() throws Exception {
        assertEquals(404, ask("GET", "/nowhere").statusCode());
        assertEquals("404 page not found\n", ask("GET", "/weight/more").body());
        assertEquals(500, ask("GET", "/broken").statusCode());
    }

    @Test
    void closingFreesThePort() throws Exception {
        assertEquals(200, ask("GET", "/weight").statusCode());
        listener.close();
        listener = HttpListener.open(Optional.empty(), new HostPort(IpAddress.of(HERE), port), Map.of());
    }
}
