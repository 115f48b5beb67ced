package dev.fairway.kube.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/**
 * The way to an API server over HTTP: HTTP/2 where TLS negotiates it, else HTTP/1.1.
 *
 * <p>A request that the server puts off ({@code Retry-After}) is sent again up to ten times, and one refused with
 * 401 once more with renewed credentials, where they can be renewed.
 */
public final class HttpTransport implements ApiTransport {
    private static final int MAX_RETRIES = 10;
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofSeconds(30);

    private final ClientConfig config;
    private final RequestObserver observer;
    private final Authenticator authenticator;
    private final HttpClient http;
    private final Optional<TokenBucket> rate;
    private final String base;
    private final String host;
    private final Set<InputStream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @throws IOException if a certificate, key or plugin of the configuration cannot be read or used */
    public HttpTransport(ClientConfig config) throws IOException {
        this(config, RequestObserver.NONE);
    }

    /** @throws IOException if a certificate, key or plugin of the configuration cannot be read or used */
    public HttpTransport(ClientConfig config, RequestObserver observer) throws IOException {
        this.config = config;
        this.observer = observer;
        this.authenticator = new Authenticator(config, InstantSource.system());
        this.rate = config.qps() > 0 ? Optional.of(new TokenBucket(config.qps(), config.burst())) : Optional.empty();
        String server = config.server().toString();
        this.base = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
        this.host = config.server().getRawAuthority();
        this.http = client(config);
    }

    private HttpClient client(ClientConfig config) throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(config.connectTimeout())
                .executor(Executors.newVirtualThreadPerTaskExecutor());
        if (config.proxy().isPresent()) {
            URI proxy = config.proxy().get();
            builder.proxy(ProxySelector.of(new InetSocketAddress(proxy.getHost(), proxy.getPort())));
        }
        if (config.server().getScheme().equals("https")) {
            ClientKeys keys = new ClientKeys(authenticator::certificate);
            keys.check();
            builder.sslContext(ClientTls.context(config, keys)).version(HttpClient.Version.HTTP_2);
        } else {
            // Without a context of ours the client would load the JDK's authorities, megabytes that nothing needs here.
            builder.sslContext(ClientTls.unused()).version(HttpClient.Version.HTTP_1_1);
        }
        return builder.build();
    }

    /** What its connections are secured with, for sockets that a caller opens by himself. */
    public SSLContext tls() {
        return http.sslContext();
    }

    @Override
    public ApiResponse send(ApiRequest request) throws IOException, InterruptedException {
        boolean renewed = false;
        for (int retries = 0; ; retries++) {
            HttpResponse<InputStream> response = sendOnce(request);
            if (response.statusCode() == 401 && !renewed && authenticator.refused()) {
                renewed = true;
                response.body().close();
                continue;
            }
            Optional<Duration> pause = retries < MAX_RETRIES ? retryAfter(response) : Optional.empty();
            if (pause.isEmpty()) {
                return answer(response);
            }
            response.body().close();
            Thread.sleep(pause.get());
        }
    }

    private HttpResponse<InputStream> sendOnce(ApiRequest request) throws IOException, InterruptedException {
        if (closed) {
            throw new IOException("the transport is closed");
        }
        HttpRequest httpRequest = httpRequest(request);
        if (rate.isPresent()) {
            rate.get().acquire();
        }
        long start = System.nanoTime();
        String code = "<error>";
        try {
            HttpResponse<InputStream> response = http.send(httpRequest, BodyHandlers.ofInputStream());
            code = Integer.toString(response.statusCode());
            return response;
        } finally {
            observer.answered(request, host, code, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    private HttpRequest httpRequest(ApiRequest request) throws IOException, InterruptedException {
        HttpRequest.Builder builder;
        try {
            builder = HttpRequest.newBuilder(URI.create(base + request.target()));
        } catch (IllegalArgumentException e) {
            throw new IOException("not a request target: " + e.getMessage(), e);
        }
        builder.method(request.method(), request.body().length == 0
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(request.body()));
        builder.setHeader("User-Agent", config.userAgent());
        // A watch must not wait in a compressor's buffer, here or there.
        if (!request.query().containsKey("watch")) {
            builder.setHeader("Accept-Encoding", "gzip");
        }
        config.impersonate().forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
        String authorization = authenticator.authorization();
        if (!authorization.isEmpty()) {
            builder.setHeader("Authorization", authorization);
        }
        request.headers().forEach(builder::setHeader);
        return builder.build();
    }

    /** The pause a busy server asks for; empty when the answer is to be taken as it is. */
    private static Optional<Duration> retryAfter(HttpResponse<?> response) {
        if (response.statusCode() != 429 && response.statusCode() / 100 != 5) {
            return Optional.empty();
        }
        try {
            OptionalLong seconds = response.headers().firstValueAsLong("Retry-After");
            return seconds.isPresent()
                    ? Optional.of(Duration.ofSeconds(Math.clamp(seconds.getAsLong(), 0, LONGEST_RETRY_AFTER.toSeconds())))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            // The header's other form is a date, which API servers do not send.
            return Optional.empty();
        }
    }

    private ApiResponse answer(HttpResponse<InputStream> response) throws IOException {
        InputStream raw = response.body();
        open.add(raw);
        boolean gzip = response.headers().firstValue("Content-Encoding").orElse("").equalsIgnoreCase("gzip");
        ApiResponse answer = new ApiResponse(response.statusCode(), new ResponseBody(raw, gzip, open::remove));
        if (closed) {
            answer.close();
            throw new IOException("the transport is closed");
        }
        return answer;
    }

    /** Ends every open answer and refuses further requests. */
    @Override
    public void close() {
        closed = true;
        for (InputStream body : open) {
            new ApiResponse(0, body).close();
        }
        http.shutdownNow();
    }
}
