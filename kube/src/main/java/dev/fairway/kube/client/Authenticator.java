package dev.fairway.kube.client;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Turns credentials into an {@code Authorization} header, and renews them when they age or are refused. */
final class Authenticator {
    private static final System.Logger LOG = System.getLogger(Authenticator.class.getName());

    /** Tokens are renewed this long before they expire. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    /** A token file is read again after this time; kubelet renews projected tokens long before they expire. */
    private static final Duration FILE_AGE = Duration.ofMinutes(1);

    private final ClientConfig config;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private String fileToken = "";
    private ExecPlugin.Answer execAnswer;
    private Instant renewAt = Instant.MIN;

    Authenticator(ClientConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
    }

    /** The header's value; empty for none. */
    String authorization() throws IOException, InterruptedException {
        return switch (config.credentials()) {
            case Credentials.None() -> "";
            case Credentials.Token(String token) -> "Bearer " + token;
            case Credentials.TokenFile(Path file) -> "Bearer " + fromFile(file);
            case Credentials.Basic basic -> ExecPlugin.basic(basic);
            case Credentials.Exec exec -> {
                String token = fromPlugin(exec).token();
                yield token.isEmpty() ? "" : "Bearer " + token;
            }
        };
    }

    /** The certificate to present: the plugin's if it gives one, else the configured one. */
    Optional<ClientConfig.ClientCertificate> certificate() throws IOException {
        if (config.credentials() instanceof Credentials.Exec exec) {
            try {
                Optional<ClientConfig.ClientCertificate> given = fromPlugin(exec).certificate();
                return given.isPresent() ? given : config.clientCertificate();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("exec: interrupted", e);
            }
        }
        return config.clientCertificate();
    }

    /** After a 401: forgets what can be had anew; false when asking again would change nothing. */
    boolean refused() {
        lock.lock();
        try {
            renewAt = Instant.MIN;
        } finally {
            lock.unlock();
        }
        return switch (config.credentials()) {
            case Credentials.None _, Credentials.Token _, Credentials.Basic _ -> false;
            case Credentials.TokenFile _, Credentials.Exec _ -> true;
        };
    }

    private String fromFile(Path file) throws IOException {
        lock.lock();
        try {
            Instant now = clock.instant();
            if (!now.isBefore(renewAt)) {
                try {
                    String token = Files.readString(file).strip();
                    if (token.isEmpty()) {
                        throw new IOException("tokenFile: " + file + " is empty");
                    }
                    fileToken = token;
                } catch (IOException e) {
                    if (fileToken.isEmpty()) {
                        throw e;
                    }
                    LOG.log(Level.WARNING, "keeping the token in use: {0}", e.toString());
                }
                renewAt = now.plus(FILE_AGE);
            }
            return fileToken;
        } finally {
            lock.unlock();
        }
    }

    private ExecPlugin.Answer fromPlugin(Credentials.Exec exec) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (execAnswer == null || !clock.instant().isBefore(renewAt)) {
                execAnswer = ExecPlugin.run(exec, config);
                renewAt = execAnswer.expires().map(at -> at.minus(MARGIN)).orElse(Instant.MAX);
            }
            return execAnswer;
        } finally {
            lock.unlock();
        }
    }
}
