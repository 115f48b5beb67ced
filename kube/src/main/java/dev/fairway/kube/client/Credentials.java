package dev.fairway.kube.client;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How a client says who it is, beside a client certificate. Secrets never show in {@code toString}. */
public sealed interface Credentials {
    /** Nothing beside the client certificate, if there is one. */
    record None() implements Credentials {}

    /** A fixed bearer token. */
    record Token(String token) implements Credentials {
        @Override
        public String toString() {
            return "Token[]";
        }
    }

    /** A bearer token in a file that somebody renews; read again when it is older than a minute. */
    record TokenFile(Path file) implements Credentials {}

    /** HTTP basic authentication. */
    record Basic(String username, String password) implements Credentials {
        @Override
        public String toString() {
            return "Basic[" + username + "]";
        }
    }

    /**
     * A program that prints an {@code ExecCredential} of {@code client.authentication.k8s.io}.
     *
     * @param apiVersion the version of ExecCredential that the program prints
     * @param command the program, started without a shell
     * @param environment variables added to Fairway's own
     * @param provideClusterInfo whether {@code KUBERNETES_EXEC_INFO} describes the cluster
     * @param installHint what to tell a user who lacks the program
     */
    record Exec(
            String apiVersion,
            String command,
            List<String> arguments,
            Map<String, String> environment,
            boolean provideClusterInfo,
            String installHint)
            implements Credentials {
        @Override
        public String toString() {
            return "Exec[" + command + "]";
        }
    }
}
