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
     * @param authority   the authority that signed the members' certificates; the system's authorities where it is empty
     * @param certificate our certificate
     * @param key         our private key
     */
    public record Tls(Optional<Path> authority, Optional<Path> certificate, Optional<Path> key) {
        /** No client certificate, and the system's authorities. */
        public static final Tls SYSTEM = new Tls(Optional.empty(), Optional.empty(), Optional.empty());

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
                        + (https ? " is not http:// as the others are" : " takes no certificates: it is not https://"));
            }
        }
        if (!prefix.matches("/[!-~]*[!-.0-~]")) {
            throw new IllegalArgumentException("etcd: prefix \"" + prefix + "\" does not begin with /, ends with it, or is not ASCII");
        }
    }

    /** The default prefix. */
    public static final String PREFIX = "/fairway";

    /** Endpoints under the default prefix; those with {@code https://} are believed if the system believes them. */
    public static EtcdOptions of(List<URI> endpoints) {
        boolean https = !endpoints.isEmpty() && "https".equals(endpoints.getFirst().getScheme());
        return new EtcdOptions(endpoints, PREFIX, https ? Optional.of(Tls.SYSTEM) : Optional.empty(), Duration.ofSeconds(10),
                MemoryStore.DEFAULT_WATCH_CAPACITY);
    }

    public EtcdOptions withTls(Tls certificates) {
        return new EtcdOptions(endpoints, prefix, Optional.of(certificates), timeout, watchCapacity);
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
