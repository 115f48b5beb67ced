package dev.fairway.proxy.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.config.HostPort;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A small HTTP server that listens inside a network namespace and serves GET on exact paths. */
final class HttpListener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HttpListener.class.getName());
    private static final int BACKLOG = 128;

    /** An answer in whole. */
    record Page(int status, String contentType, Map<String, String> headers, byte[] body) {
        static Page text(String body) {
            return text(200, body);
        }

        static Page text(int status, String body) {
            return new Page(status, "text/plain; charset=utf-8", NO_SNIFF, body.getBytes(StandardCharsets.UTF_8));
        }

        static Page json(int status, byte[] body) {
            return new Page(status, "application/json", NO_SNIFF, body);
        }

        Page with(String name, String value) {
            Map<String, String> more = new java.util.HashMap<>(headers);
            more.put(name, value);
            return new Page(status, contentType, more, body);
        }

        private static final Map<String, String> NO_SNIFF = Map.of("X-Content-Type-Options", "nosniff");
    }

    /**
     * Makes the answer to a request.
     *
     * @throws IOException answered with status 500
     */
    @FunctionalInterface
    interface Handler {
        /** @param query the raw query, empty for none */
        Page answer(String query) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads;

    private HttpListener(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Starts listening.
     *
     * @param namespace empty for the process's own
     * @param pages by path; the path {@code *} answers all others
     * @throws IOException if the address cannot be bound
     */
    static HttpListener open(Optional<NetworkNamespace> namespace, HostPort at, Map<String, Handler> pages)
            throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(at.address().bytes()), at.port());
        // The listening socket belongs to the namespace for good; the server's threads need not.
        HttpServer server = namespace.isPresent()
                ? namespace.get().<HttpServer, IOException>call(() -> HttpServer.create(address, BACKLOG))
                : HttpServer.create(address, BACKLOG);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        server.createContext("/", exchange -> handle(exchange, pages));
        server.start();
        return new HttpListener(server, threads);
    }

    private static void handle(HttpExchange exchange, Map<String, Handler> pages) throws IOException {
        try (exchange) {
            Handler handler = pages.getOrDefault(exchange.getRequestURI().getPath(), pages.get("*"));
            String query = exchange.getRequestURI().getRawQuery();
            Page page = handler == null ? notFound() : answer(handler, query == null ? "" : query);
            exchange.getRequestBody().close();
            exchange.getResponseHeaders().set("Content-Type", page.contentType());
            page.headers().forEach(exchange.getResponseHeaders()::set);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(page.status(), head || page.body().length == 0 ? -1 : page.body().length);
            if (!head) {
                exchange.getResponseBody().write(page.body());
            }
        }
    }

    private static Page answer(Handler handler, String query) {
        try {
            return handler.answer(query);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.ERROR, "an HTTP request failed", e);
            return Page.text(500, "internal error\n");
        }
    }

    private static Page notFound() {
        return Page.text(404, "404 page not found\n");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
