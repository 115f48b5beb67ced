package dev.fairway.apiserver.http;

import dev.fairway.apiserver.authn.Authenticator;
import dev.fairway.apiserver.authn.Credentials;
import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.fairness.ByteBudget;
import dev.fairway.apiserver.front.Front;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.Response;
import dev.fairway.apiserver.user.UserInfo;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/** The listener of the server: from HTTP to {@link Request}, from {@link Response} to HTTP. */
public final class HttpFront implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HttpFront.class.getName());
    private static final Duration GRACE = Duration.ofMillis(500);

    private final Front front;
    private final Authenticator authenticator;
    private final Predicate<List<X509Certificate>> trusted;
    private final boolean anonymous;
    private final Duration timeout;
    private final Deadlines deadlines = new Deadlines();
    private final Streams streams;
    /** As a tree, a body takes a good ten times its size. */
    private final ByteBudget bodies = ByteBudget.ofHeap(64, 2 * ApiServerConfig.MAX_BODY_BYTES);
    private final ByteBudget answers = ByteBudget.ofHeap(8, 0);
    private final WebServer server;

    /**
     * Starts to listen.
     *
     * @param trusted tells whether a client's certificate chain is to be believed
     * @throws java.io.UncheckedIOException when an address cannot be bound
     */
    public HttpFront(ApiServerConfig config, Front front, Authenticator authenticator,
                     Predicate<List<X509Certificate>> trusted, SSLContext context) {
        this.front = front;
        this.authenticator = authenticator;
        this.trusted = trusted;
        this.anonymous = config.anonymous();
        this.timeout = config.requestTimeout();
        this.streams = new Streams(deadlines, timeout);
        Tls tls = Tls.builder().sslContext(context).clientAuth(TlsClientAuth.OPTIONAL).build();
        var builder = WebServer.builder().shutdownHook(false);
        configure(builder, config.listen(), tls);
        this.server = builder.build().start();
        // The web server logs that an address is taken, and goes on without it.
        if (!server.isRunning() || server.port() <= 0) {
            server.stop();
            throw new UncheckedIOException(new java.net.BindException("cannot listen on " + config.listen()));
        }
    }

    private void configure(ListenerConfig.BuilderBase<?, ?> listener, InetSocketAddress address, Tls tls) {
        Http1Config http1 = Http1Config.builder().maxHeadersSize(ApiServerConfig.MAX_HEADER_BYTES)
                .maxPrologueLength(ApiServerConfig.MAX_HEADER_BYTES).validatePath(false)
                .addReceiveListener(streams).build();
        listener.bindAddress(address).backlog(1024).tls(tls).writeBufferSize(16 << 10)
                // What TLS 1.3 sends after its handshake would hold the first answer back until the client acknowledges it.
                .connectionOptions(options -> options.tcpNoDelay(true))
                .shutdownGracePeriod(GRACE)
                .connectionSelectors(List.of(Http1ConnectionSelector.builder().config(http1).build()))
                .protocolsDiscoverServices(false)
                .directHandlers(handlers -> handlers.addHandler(DirectHandler.EventType.INTERNAL_ERROR, new Malformed()))
                .routing((HttpRouting.Builder routing) -> routing.any(this::handle));
    }

    /** Loads what a web server needs, without starting one. */
    public static void warmUp() {
        WebServer.builder().shutdownHook(false).routing((HttpRouting.Builder routing) -> routing.any((request, answer) -> answer.send()))
                .connectionSelectors(List.of(Http1ConnectionSelector.builder().config(Http1Config.create()).build()))
                .protocolsDiscoverServices(false).build();
    }

    /** The port that it listens on. */
    public int port() {
        return server.port();
    }

    private void handle(ServerRequest http, ServerResponse answer) {
        Map<String, List<String>> headers = headers(http);
        Request bare = new Request(http.prologue().method().text(), "", Map.of(), headers, new byte[0], UserInfo.ANONYMOUS);
        Request request = bare;
        Response response;
        try {
            UserInfo user = authenticate(http, bare.headers());
            try (var _ = bodies.take(length(http))) {
                Request whole = request(http, bare, user);
                request = whole;
                response = bodies.inTurn(whole.body().length, () -> front.serve(whole));
            }
        } catch (StatusException e) {
            response = front.error(bare, e);
        }
        try {
            send(request, response, answer);
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> "client of " + http.path().rawPath() + " has gone: " + e.getMessage());
            throw new CloseConnectionException("client has gone", e);
        }
        if (bare.header("connection").equalsIgnoreCase("close")) {
            throw new CloseConnectionException("client wants no more");
        }
    }

    /** How long a body will be when it is read; the most there may be where only its reading tells. */
    private static long length(ServerRequest http) {
        if (!http.content().hasEntity()) {
            return 0;
        }
        int most = ApiServerConfig.MAX_BODY_BYTES;
        return http.headers().contains(HeaderNames.CONTENT_ENCODING) ? most
                : Math.min(http.headers().contentLength().orElse(most), most);
    }

    private Request request(ServerRequest http, Request bare, UserInfo user) {
        Map<String, List<String>> query = Query.parse(http.query().rawValue());
        String path = Query.decodePath(originForm(http.path().rawPathNoParams()));
        return new Request(bare.method(), path, query, bare.headers(), body(http, bare), user);
    }

    /** The path of a target in absolute form (RFC 9112, section 3.2.2). */
    private static String originForm(String target) {
        return target.startsWith("/") ? target : target.replaceFirst("^https?://[^/]*", "");
    }

    private UserInfo authenticate(ServerRequest http, Map<String, List<String>> headers) {
        List<X509Certificate> chain = new ArrayList<>();
        Optional<Certificate[]> shown = http.remotePeer().tlsCertificates();
        if (shown.isPresent()) {
            for (Certificate certificate : shown.get()) {
                chain.add((X509Certificate) certificate);
            }
            if (!chain.isEmpty() && !trusted.test(chain)) {
                chain.clear();
            }
        }
        Optional<UserInfo> user = authenticator.authenticate(new Credentials(chain, headers));
        if (user.isEmpty() && !anonymous) {
            throw Errors.unauthorized();
        }
        return user.orElse(UserInfo.ANONYMOUS);
    }

    private static Map<String, List<String>> headers(ServerRequest http) {
        Map<String, List<String>> headers = new HashMap<>();
        for (Header header : http.headers()) {
            headers.computeIfAbsent(header.name().toLowerCase(Locale.ROOT), ignored -> new ArrayList<>(1))
                    .addAll(header.allValues());
        }
        return headers;
    }

    private byte[] body(ServerRequest http, Request bare) {
        if (!http.content().hasEntity()) {
            return bare.body();
        }
        int limit = ApiServerConfig.MAX_BODY_BYTES;
        if (http.headers().contentLength().orElse(0) > limit) {
            throw tooLarge();
        }
        try (InputStream in = http.content().inputStream()) {
            byte[] body = deadlines.within(timeout, () -> in.readNBytes(limit + 1));
            if (body.length > limit) {
                throw tooLarge();
            }
            return body;
        } catch (IOException | RuntimeException e) {
            if (e instanceof StatusException status) {
                throw status;
            }
            throw Errors.badRequest("the request body could not be read: " + e.getMessage());
        }
    }

    private static StatusException tooLarge() {
        return Errors.requestTooLarge("limit is " + ApiServerConfig.MAX_BODY_BYTES);
    }

    private void send(Request request, Response response, ServerResponse answer) throws IOException {
        switch (response) {
            case Response.Whole whole -> {
                Optional<ByteBudget.Share> share = answers.tryTake(whole.parts() instanceof Response.Sized ? 0 : whole.length());
                if (share.isEmpty()) {
                    send(request, front.error(request, ByteBudget.refusal()), answer);
                    return;
                }
                answer.status(response.status());
                answer.header("Content-Type", response.contentType());
                answer.header("Cache-Control", "no-cache, private");
                answer.header("Audit-Id", UUID.randomUUID().toString());
                response.headers().forEach((name, values) -> answer.header(name, values.toArray(String[]::new)));
                try (ByteBudget.Share held = share.get()) {
                    deadlines.within(timeout, () -> {
                        Bodies.send(request, whole, answer);
                        return held;
                    });
                }
            }
            case Response.Streaming streaming -> stream(request, streaming);
        }
    }

    private void stream(Request request, Response.Streaming streaming) throws IOException {
        Runnable ended = front.streaming(request);
        Optional<String> key = webSocketKey(request).filter(each -> streaming.status() == 200);
        try {
            if (key.isPresent()) {
                streamMessages(key.get(), streaming);
            } else {
                streamChunks(streaming);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.run();
        }
        throw new CloseConnectionException("the stream has ended");
    }

    private void streamChunks(Response.Streaming streaming) throws IOException, InterruptedException {
        try (Streams.Stream stream = streams.begin(); ChunkedOutput out = new ChunkedOutput(stream)) {
            Map<String, List<String>> headers = new HashMap<>(streaming.headers());
            headers.put("Content-Type", List.of(streaming.contentType()));
            headers.put("Cache-Control", List.of("no-cache, private"));
            headers.put("Audit-Id", List.of(UUID.randomUUID().toString()));
            out.head(streaming.status(), headers);
            streaming.body().writeTo(out, stream);
        }
    }

    private void streamMessages(String key, Response.Streaming streaming) throws IOException, InterruptedException {
        boolean text = streaming.contentType().startsWith("application/json");
        try (Streams.Stream stream = streams.stream(); WebSocketOutput out = new WebSocketOutput(stream, text)) {
            out.head(key);
            stream.listen(out::listen);
            streaming.body().writeTo(out, stream);
        }
    }

    private static Optional<String> webSocketKey(Request request) {
        boolean upgrade = request.headers().getOrDefault("upgrade", List.of()).stream().anyMatch("websocket"::equalsIgnoreCase);
        return request.headers().getOrDefault("sec-websocket-key", List.of()).stream().findFirst().filter(each -> upgrade);
    }

    @Override
    public void close() {
        streams.close();
        server.stop();
        deadlines.close();
    }
}
