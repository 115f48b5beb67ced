package dev.fairway.apiserver;

import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.apiserver.tls.KeyAndCertificate;
import dev.fairway.apiserver.tls.Pki;
import dev.fairway.kube.Json;
import dev.fairway.store.MemoryStore;
import dev.fairway.store.Store;
import dev.fairway.testkit.TemporaryDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;

/** A server on a free port of 127.0.0.1 with a memory store, and ways to talk to it. */
public final class RunningServer implements AutoCloseable {
    private final TemporaryDirectory temporary = TemporaryDirectory.create("fairway-apiserver");
    private final Path directory = temporary.path();
    private final Store store = new MemoryStore();
    private final ApiServer server;
    private final HttpClient client;
    private final Path kubeconfig;

    /** What an HTTP request was answered. */
    public record Answer(int status, String body, HttpResponse<String> http) {
        public JsonNode json() {
            return Json.mapper().readTree(body);
        }

        public String message() {
            return json().path("message").asString("");
        }

        public String reason() {
            return json().path("reason").asString("");
        }
    }

    /** What a kubectl run printed. */
    public record Run(int exit, String out, String err) {
    }

    public RunningServer() {
        this(UnaryOperator.identity());
    }

    public RunningServer(UnaryOperator<ApiServer.Builder> settings) {
        this(UnaryOperator.identity(), settings);
    }

    /** A server with other settings than the defaults. */
    public static RunningServer configured(UnaryOperator<ApiServerConfig> settings) {
        return new RunningServer(settings, UnaryOperator.identity());
    }

    private RunningServer(UnaryOperator<ApiServerConfig> configuration, UnaryOperator<ApiServer.Builder> settings) {
        try {
            var config = configuration.apply(ApiServerConfig.defaults(directory)
                    .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
            server = settings.apply(ApiServer.builder(config, store)).start();
            kubeconfig = directory.resolve("kubeconfig");
            Pki.writePrivate(kubeconfig, server.adminKubeconfig());
            client = client(server.pki().client("admin", "kubernetes-admin", List.of("system:masters")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public ApiServer server() {
        return server;
    }

    public Store store() {
        return store;
    }

    public Path kubeconfig() {
        return kubeconfig;
    }

    public Path directory() {
        return directory;
    }

    /** A client with another certificate; null for none. */
    public HttpClient client(KeyAndCertificate identity) {
        return HttpClient.newBuilder().sslContext(context(identity)).version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10)).build();
    }

    /** TLS that trusts this server, with a certificate or none. */
    public SSLContext context(KeyAndCertificate identity) {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            if (identity != null) {
                keys.setKeyEntry("client", identity.key(), new char[0], new Certificate[] {identity.certificate()});
            }
            KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keyManagers.init(keys, new char[0]);
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(null, null);
            trust.setCertificateEntry("ca", server.pki().authority().self().certificate());
            TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trustManagers.init(trust);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public Answer get(String path, String... headers) {
        return send(client, "GET", path, null, headers);
    }

    public Answer post(String path, String body, String... headers) {
        return send(client, "POST", path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    public Answer put(String path, String body) {
        return send(client, "PUT", path, body.getBytes(StandardCharsets.UTF_8));
    }

    public Answer delete(String path, String body) {
        return send(client, "DELETE", path, body.getBytes(StandardCharsets.UTF_8));
    }

    /** A patch; {@code type} is json, merge, strategic-merge or apply. */
    public Answer patch(String path, String type, String body) {
        String contentType = type.equals("apply") ? "application/apply-patch+yaml" : "application/" + type + "-patch+json";
        return send(client, "PATCH", path, body.getBytes(StandardCharsets.UTF_8), "Content-Type", contentType);
    }

    public Answer send(String method, String path, byte[] body, String... headers) {
        return send(client, method, path, body, headers);
    }

    public Answer send(HttpClient from, String method, String path, byte[] body, String... headers) {
        try {
            HttpResponse<String> response = from.send(request(method, path, body, headers), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens a stream, such as a watch. */
    public HttpResponse<InputStream> stream(String path, String... headers) {
        try {
            return client.send(request("GET", path, null, headers), BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpRequest request(String method, String path, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(Duration.ofSeconds(30))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        boolean typed = false;
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
            typed |= headers[i].equalsIgnoreCase("Content-Type");
        }
        if (body != null && !typed) {
            request.header("Content-Type", "application/json");
        }
        return request.build();
    }

    /** Creates a new namespace and returns its name. */
    public String namespace() {
        String name = "t-" + UUID.randomUUID().toString().substring(0, 8);
        Answer answer = post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + name + "\"}}");
        if (answer.status() != 201) {
            throw new IllegalStateException(answer.body());
        }
        return name;
    }

    /** Runs kubectl with an input. */
    public Run kubectl(String input, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        builder.environment().put("HOME", directory.toString());
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("kubectl " + arguments + " did not end");
        }
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    public Run kubectl(String... arguments) throws IOException, InterruptedException {
        return kubectl("", List.of(arguments));
    }

    @Override
    public void close() {
        client.close();
        server.close();
        store.close();
        temporary.close();
    }
}
