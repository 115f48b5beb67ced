package dev.fairway.store;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to reach an etcd cluster.
 *
 * @param endpoints     the members' client URLs, {@code http://} or {@code https://}
 * @param prefix        what all keys of this store begin with; stores with different prefixes can share a cluster
 * @param tls           certificates, for {@code https}
 * @param timeout       how long a call may take, changes of the leader included
 * @param watchCapacity how many events may wait for the reader of one watch
 */
public record EtcdOptions(List<URI> endpoints, String prefix, Optional<Tls> tls, Duration timeout, int watchCapacity) {

    /**
     * Files in PEM.
     *
     * @param authority   the authority that signed the members' certificates
     * @param certificate our certificate
     * @param key         our private key, PKCS #8
     */
    public record Tls(Path authority, Optional<Path> certificate, Optional<Path> key) {
        public Tls {
            if (certificate.isPresent() != key.isPresent()) {
                throw new IllegalArgumentException("etcd: a certificate needs its key, and a key its certificate");
            }
        }
    }

    public EtcdOptions {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("etcd: no endpoints");
        }
        for (URI endpoint : endpoints) {
            boolean https = "https".equals(endpoint.getScheme());
            if (!https && !"http".equals(endpoint.getScheme()) || endpoint.getHost() == null || endpoint.getPort() < 0) {
                throw new IllegalArgumentException("etcd: endpoint " + endpoint + " is not http(s)://HOST:PORT");
            }
            if (https != tls.isPresent()) {
                throw new IllegalArgumentException("etcd: endpoint " + endpoint
                        + (https ? " needs an authority's certificate" : " takes no certificates"));
            }
        }
    }

    /** Endpoints without TLS, under the prefix {@code /fairway}. */
    public static EtcdOptions of(List<URI> endpoints) {
        return new EtcdOptions(endpoints, "/fairway", Optional.empty(), Duration.ofSeconds(10),
                MemoryStore.DEFAULT_WATCH_CAPACITY);
    }

    public EtcdOptions withPrefix(String other) {
        return new EtcdOptions(endpoints, other, tls, timeout, watchCapacity);
    }

    public EtcdOptions withTimeout(Duration other) {
        return new EtcdOptions(endpoints, prefix, tls, other, watchCapacity);
    }

    public EtcdOptions withWatchCapacity(int other) {
        return new EtcdOptions(endpoints, prefix, tls, timeout, other);
    }
}
