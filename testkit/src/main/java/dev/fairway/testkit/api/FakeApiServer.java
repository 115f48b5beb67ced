package dev.fairway.testkit.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * An API server on 127.0.0.1 that holds collections of JSON texts, lists and watches them with real resource
 * versions, and takes other requests into its log. Selectors are logged, not applied. It can be told to refuse, to
 * compact, to cut connections and to send garbage; it can go away and come back on the same port.
 */
public final class FakeApiServer implements AutoCloseable {
    /**
     * One request as it arrived.
     *
     * @param headers names are in lower case
     * @param client the subject of the client's certificate; empty for none
     */
    public record Request(
            String method,
            String path,
            Map<String, String> query,
            Map<String, String> headers,
            String body,
            String client) {
        public boolean isWatch() {
            return "true".equals(query.get("watch"));
        }
    }

    /** A ready-made answer. */
    public record Answer(int status, Map<String, String> headers, String body) {
        public static Answer of(int status, String body) {
            return new Answer(status, Map.of(), body);
        }
    }

    private final Optional<SSLContext> tls;
    private final int port;
    private final Collections collections = new Collections();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Function<Request, Optional<Answer>> override = request -> Optional.empty();
    private HttpServer server;
    private ExecutorService threads;

    private FakeApiServer(Optional<SSLContext> tls) throws IOException {
        this.tls = tls;
        open(0);
        this.port = server.getAddress().getPort();
    }

    public static FakeApiServer http() throws IOException {
        return new FakeApiServer(Optional.empty());
    }

    public static FakeApiServer https(SSLContext context) throws IOException {
        return new FakeApiServer(Optional.of(context));
    }

    private void open(int onPort) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), onPort);
        if (tls.isPresent()) {
            HttpsServer https = HttpsServer.create(address, 0);
            https.setHttpsConfigurator(new HttpsConfigurator(tls.get()) {
                @Override
                public void configure(HttpsParameters parameters) {
                    SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
                    wanted.setWantClientAuth(true);
                    parameters.setSSLParameters(wanted);
                }
            });
            server = https;
        } else {
            server = HttpServer.create(address, 0);
        }
        threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI uri() {
        return URI.create((tls.isPresent() ? "https" : "http") + "://127.0.0.1:" + port);
    }

    /**
     * Adds or changes an object and tells the watches.
     *
     * @param collection the collection's path, such as {@code /api/v1/services}
     * @param json the object; its text must hold {@code "metadata":{}, with at least one field after the brace, and no
     *     resourceVersion, which is put in there
     * @return the object's resource version
     */
    public long put(String collection, String key, String json) {
        return collections.put(collection, key, json);
    }

    /** Makes an empty collection that can be listed. */
    public void declare(String collection) {
        collections.declare(collection);
    }

    /** Removes an object and tells the watches. */
    public long delete(String collection, String key) {
        return collections.delete(collection, key);
    }

    /** Tells the watches of a collection how far the server is. */
    public void bookmark(String collection) {
        collections.bookmark(collection);
    }

    /** Writes any text into the open watches of a collection. */
    public void inject(String collection, String text) {
        collections.inject(collection, text);
    }

    /** Forgets all history: watches from an earlier version get 410 Gone. Open watches go on. */
    public void compact() {
        collections.compact();
    }

    /** Ends all open watches, and lets new ones begin only after {@link #releaseWatches}. */
    public void holdWatches() {
        collections.holdWatches();
    }

    public void releaseWatches() {
        collections.releaseWatches();
    }

    /** Ends all open watches in good order: what happens from now on is for later watches. */
    public void endWatches() {
        collections.endWatches();
    }

    public int openWatches(String collection) {
        return collections.openWatches(collection);
    }

    /** Asked first for each request; what it gives is the answer. */
    public void answering(Function<Request, Optional<Answer>> first) {
        override = first;
    }

    /** All requests so far. */
    public List<Request> requests() {
        return requests;
    }

    /** Cuts all connections and stops listening. */
    public void stop() {
        collections.endWatches();
        server.stop(0);
        threads.shutdownNow();
    }

    /** Listens again on the same port, with the same objects. */
    public void start() throws IOException {
        open(port);
    }

    @Override
    public void close() {
        stop();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            Request request = request(exchange);
            requests.add(request);
            Optional<Answer> answer = override.apply(request);
            if (answer.isPresent()) {
                answer.get().headers().forEach(exchange.getResponseHeaders()::set);
                send(exchange, answer.get().status(), answer.get().body(), false);
            } else if (request.isWatch()) {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, 0);
                OutputStream out = exchange.getResponseBody();
                out.flush();
                collections.watch(request.path(), Long.parseLong(request.query().getOrDefault("resourceVersion", "0")), out);
            } else if (request.method().equals("GET") && collections.has(request.path())) {
                boolean gzip = request.headers().getOrDefault("accept-encoding", "").contains("gzip");
                send(exchange, 200, collections.list(request.path()), gzip);
            } else if (request.method().equals("GET")) {
                Optional<String> object = collections.get(request.path());
                send(exchange, object.isPresent() ? 200 : 404, object.orElse(
                        "{\"kind\":\"Status\",\"code\":404,\"reason\":\"NotFound\",\"message\":\"not found\"}"), false);
            } else {
                send(exchange, 200, request.body().isEmpty() ? "{}" : request.body(), false);
            }
        } catch (IOException e) {
            // The client went away, which many tests make it do.
            System.getLogger(FakeApiServer.class.getName()).log(System.Logger.Level.DEBUG, "connection ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Request request(HttpExchange exchange) throws IOException {
        Map<String, String> query = new LinkedHashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        if (raw != null) {
            for (String pair : raw.split("&")) {
                String[] parts = pair.split("=", 2);
                query.put(decode(parts[0]), parts.length > 1 ? decode(parts[1]) : "");
            }
        }
        Map<String, String> headers = new LinkedHashMap<>();
        exchange.getRequestHeaders().forEach((name, values) ->
                headers.put(name.toLowerCase(java.util.Locale.ROOT), String.join(",", values)));
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        return new Request(exchange.getRequestMethod(), exchange.getRequestURI().getPath(), query, headers, body,
                client(exchange));
    }

    private static String client(HttpExchange exchange) {
        if (exchange instanceof HttpsExchange https) {
            try {
                return https.getSSLSession().getPeerPrincipal().getName();
            } catch (SSLPeerUnverifiedException e) {
                return "";
            }
        }
        return "";
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, int status, String body, boolean gzip) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (gzip) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            bytes = gzipped(bytes);
        }
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static byte[] gzipped(byte[] bytes) {
        var out = new java.io.ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
