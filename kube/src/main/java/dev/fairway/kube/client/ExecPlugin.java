package dev.fairway.kube.client;

import dev.fairway.kube.Json;
import dev.fairway.kube.Times;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs a credential plugin, {@code client.authentication.k8s.io}. */
final class ExecPlugin {
    private static final int TIMEOUT_SECONDS = 60;
    private static final int MAX_OUTPUT_BYTES = 1 << 20;

    private ExecPlugin() {}

    /**
     * What a plugin printed.
     *
     * @param token a bearer token, empty for none
     * @param expires when to ask again; empty to keep it until it is refused
     */
    record Answer(String token, Optional<ClientConfig.ClientCertificate> certificate, Optional<Instant> expires) {
        /** Without the secrets. */
        @Override
        public String toString() {
            return "Answer[expires=" + expires + "]";
        }
    }

    static Answer run(Credentials.Exec exec, ClientConfig config) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(exec.command());
        command.addAll(exec.arguments());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(exec.environment());
        builder.environment().put("KUBERNETES_EXEC_INFO", info(exec, config));
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            String hint = exec.installHint().isEmpty() ? "" : "; " + exec.installHint();
            throw new IOException("exec: cannot run " + exec.command() + ": " + e.getMessage() + hint, e);
        }
        return parse(exec, output(exec, process));
    }

    private static byte[] output(Credentials.Exec exec, Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        try (InputStream out = process.getInputStream()) {
            CompletableFuture<byte[]> bytes = CompletableFuture.supplyAsync(() -> {
                try {
                    return out.readNBytes(MAX_OUTPUT_BYTES);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }, task -> Thread.ofVirtual().start(task));
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("exec: " + exec.command() + " did not end within " + TIMEOUT_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException("exec: " + exec.command() + " ended with exit code " + process.exitValue());
            }
            return bytes.join();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String info(Credentials.Exec exec, ClientConfig config) throws IOException {
        ObjectNode info = Json.object().put("apiVersion", exec.apiVersion()).put("kind", "ExecCredential");
        ObjectNode spec = info.putObject("spec").put("interactive", false);
        if (exec.provideClusterInfo()) {
            ObjectNode cluster = spec.putObject("cluster").put("server", config.server().toString());
            if (config.insecureSkipTlsVerify()) {
                cluster.put("insecure-skip-tls-verify", true);
            }
            if (!config.tlsServerName().isEmpty()) {
                cluster.put("tls-server-name", config.tlsServerName());
            }
            if (config.certificateAuthority().isPresent()) {
                cluster.put("certificate-authority-data", config.certificateAuthority().get().read());
            }
        }
        return new String(Json.bytes(info), StandardCharsets.UTF_8);
    }

    private static Answer parse(Credentials.Exec exec, byte[] output) throws IOException {
        ObjectNode credential;
        try {
            credential = Json.parseObject(output);
        } catch (JacksonException e) {
            // The cause would quote the output, which is a secret.
            throw new IOException("exec: " + exec.command() + " printed no JSON object");
        }
        if (!credential.path("apiVersion").asString("").equals(exec.apiVersion())) {
            throw new IOException("exec: " + exec.command() + " printed apiVersion "
                    + credential.path("apiVersion").asString("") + ", not " + exec.apiVersion());
        }
        JsonNode status = credential.path("status");
        String token = status.path("token").asString("");
        String chain = status.path("clientCertificateData").asString("");
        String key = status.path("clientKeyData").asString("");
        if (chain.isEmpty() != key.isEmpty()) {
            throw new IOException("exec: clientCertificateData and clientKeyData must come together");
        }
        if (token.isEmpty() && chain.isEmpty()) {
            throw new IOException("exec: " + exec.command() + " printed neither a token nor a certificate");
        }
        Optional<ClientConfig.ClientCertificate> certificate = chain.isEmpty()
                ? Optional.empty()
                : Optional.of(new ClientConfig.ClientCertificate(inline(chain), inline(key)));
        return new Answer(token, certificate, Times.parse(status.path("expirationTimestamp").asString("")));
    }

    private static PemSource inline(String pem) {
        return new PemSource.Inline(pem.getBytes(StandardCharsets.US_ASCII));
    }

    /** The value of an {@code Authorization} header for basic authentication. */
    static String basic(Credentials.Basic basic) {
        byte[] pair = (basic.username() + ":" + basic.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }
}
