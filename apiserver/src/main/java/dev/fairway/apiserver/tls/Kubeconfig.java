package dev.fairway.apiserver.tls;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Kubeconfig files with everything embedded. */
public final class Kubeconfig {
    private Kubeconfig() {
    }

    /**
     * A kubeconfig of one cluster, one user and one context, all of the same name.
     *
     * @param server the URL, such as {@code https://127.0.0.1:6443}
     * @param caPem  the authority's certificate
     * @param client the user's key and certificate
     */
    public static String of(String name, String server, String caPem, KeyAndCertificate client) {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %1$s
                  cluster:
                    server: %2$s
                    certificate-authority-data: %3$s
                users:
                - name: %1$s
                  user:
                    client-certificate-data: %4$s
                    client-key-data: %5$s
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s
                current-context: %1$s
                preferences: {}
                """.formatted(name, server, base64(caPem), base64(Pem.of(client.certificate())), base64(Pem.ecPrivateKey(client)));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
