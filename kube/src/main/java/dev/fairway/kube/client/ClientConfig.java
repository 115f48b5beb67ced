package dev.fairway.kube.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to reach an API server and who to be there.
 *
 * @param server the server's base URL; a path in it is put before every request's path
 * @param certificateAuthority what the server's certificate must chain to; empty for the JDK's own authorities
 * @param insecureSkipTlsVerify accept any server certificate
 * @param tlsServerName the name that the certificate must carry; empty for the URL's host
 * @param clientCertificate certificate and key to present; empty for none
 * @param credentials what else says who we are
 * @param impersonate headers that ask the server to act for somebody else
 * @param proxy an HTTP proxy's URL; empty for none
 * @param userAgent the {@code User-Agent} header
 * @param connectTimeout how long a connection may take
 * @param qps requests per second in the long run; 0 for no limit
 * @param burst requests that may go at once before {@code qps} holds
 */
public record ClientConfig(
        URI server,
        Optional<PemSource> certificateAuthority,
        boolean insecureSkipTlsVerify,
        String tlsServerName,
        Optional<ClientCertificate> clientCertificate,
        Credentials credentials,
        Map<String, List<String>> impersonate,
        Optional<URI> proxy,
        String userAgent,
        Duration connectTimeout,
        float qps,
        int burst) {
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final String USER_AGENT = "fairway (java/" + Runtime.version().feature() + ")";

    /** A certificate chain and its key. */
    public record ClientCertificate(PemSource chain, PemSource key) {}

    public ClientConfig {
        if (server.getHost() == null || !List.of("http", "https").contains(server.getScheme())) {
            throw new IllegalArgumentException("server: not an http or https URL: " + server);
        }
    }

    /** A server at a URL, with nothing but the JDK's authorities and no credentials. */
    public static ClientConfig of(URI server) {
        return new ClientConfig(server, Optional.empty(), false, "", Optional.empty(), new Credentials.None(),
                Map.of(), Optional.empty(), USER_AGENT, CONNECT_TIMEOUT, 0, 0);
    }

    /** The current context of a kubeconfig file. */
    public static ClientConfig fromKubeconfig(Path file) throws IOException {
        return Kubeconfig.read(file).client("");
    }

    /**
     * What a Pod is given: the server's address in the environment, token and authority in its file system.
     *
     * @throws IOException if this process runs in no Pod
     */
    public static ClientConfig inCluster() throws IOException {
        return inCluster(System.getenv(), SERVICE_ACCOUNT);
    }

    static ClientConfig inCluster(Map<String, String> environment, Path serviceAccount) throws IOException {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
        if (host.isEmpty() || port.isEmpty()) {
            throw new IOException("not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be set");
        }
        Path token = serviceAccount.resolve("token");
        if (!Files.isReadable(token)) {
            throw new IOException("not in a cluster: cannot read " + token);
        }
        Path authority = serviceAccount.resolve("ca.crt");
        URI server = URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
        return of(server)
                .withCredentials(new Credentials.TokenFile(token))
                .withCertificateAuthority(
                        Files.isReadable(authority) ? Optional.of(new PemSource.InFile(authority)) : Optional.empty());
    }

    public ClientConfig withServer(URI other) {
        return new ClientConfig(other, certificateAuthority, insecureSkipTlsVerify, tlsServerName, clientCertificate,
                credentials, impersonate, proxy, userAgent, connectTimeout, qps, burst);
    }

    public ClientConfig withCertificateAuthority(Optional<PemSource> authority) {
        return new ClientConfig(server, authority, insecureSkipTlsVerify, tlsServerName, clientCertificate,
                credentials, impersonate, proxy, userAgent, connectTimeout, qps, burst);
    }

    public ClientConfig withInsecureSkipTlsVerify(boolean skip) {
        return new ClientConfig(server, certificateAuthority, skip, tlsServerName, clientCertificate, credentials,
                impersonate, proxy, userAgent, connectTimeout, qps, burst);
    }

    public ClientConfig withTlsServerName(String name) {
        return new ClientConfig(server, certificateAuthority, insecureSkipTlsVerify, name, clientCertificate,
                credentials, impersonate, proxy, userAgent, connectTimeout, qps, burst);
    }

    public ClientConfig withClientCertificate(Optional<ClientCertificate> certificate) {
        return new ClientConfig(server, certificateAuthority, insecureSkipTlsVerify, tlsServerName, certificate,
                credentials, impersonate, proxy, userAgent, connectTimeout, qps, burst);
    }

    public ClientConfig withCredentials(Credentials other) {
        return new ClientConfig(server, certificateAuthority, insecureSkipTlsVerify, tlsServerName, clientCertificate,
                other, impersonate, proxy, userAgent, connectTimeout, qps, burst);
    }

    public ClientConfig withImpersonate(Map<String, List<String>> headers) {
        return new ClientConfig(server, certificateAuthority, insecureSkipTlsVerify, tlsServerName, clientCertificate,
                credentials, headers, proxy, userAgent, connectTimeout, qps, burst);
    }

    public ClientConfig withProxy(Optional<URI> url) {
        return new ClientConfig(server, certificateAuthority, insecureSkipTlsVerify, tlsServerName, clientCertificate,
                credentials, impersonate, url, userAgent, connectTimeout, qps, burst);
    }

    public ClientConfig withUserAgent(String agent) {
        return new ClientConfig(server, certificateAuthority, insecureSkipTlsVerify, tlsServerName, clientCertificate,
                credentials, impersonate, proxy, agent, connectTimeout, qps, burst);
    }

    /** Limits the rate of requests. */
    public ClientConfig withRate(float perSecond, int atOnce) {
        return new ClientConfig(server, certificateAuthority, insecureSkipTlsVerify, tlsServerName, clientCertificate,
                credentials, impersonate, proxy, userAgent, connectTimeout, perSecond, atOnce);
    }
}
