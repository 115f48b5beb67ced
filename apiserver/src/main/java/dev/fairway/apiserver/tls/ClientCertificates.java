package dev.fairway.apiserver.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Judges the certificates that clients show. */
public final class ClientCertificates {
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private static final int MOST_REMEMBERED = 1000;
    private static final Duration REMEMBERED_FOR = Duration.ofMinutes(1);

    private final X509Certificate authority;
    private final Clock clock;
    private final Map<X509Certificate, Instant> remembered = new ConcurrentHashMap<>();

    public ClientCertificates(X509Certificate authority, Clock clock) {
        this.authority = authority;
        this.clock = clock;
    }

    /** As {@link #isTrusted}, remembering the leaves that were trusted for a while. */
    public boolean isTrustedRemembering(List<X509Certificate> chain) {
        Instant now = clock.instant();
        Instant until = remembered.get(chain.getFirst());
        if (until != null && now.isBefore(until)) {
            return true;
        }
        if (!isTrusted(chain)) {
            return false;
        }
        if (remembered.size() >= MOST_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(chain.getFirst(), now.plus(REMEMBERED_FOR));
        return true;
    }

    /** Whether a chain, leaf first, leads to the authority, is in its time, and is for clients. */
    public boolean isTrusted(List<X509Certificate> chain) {
        try {
            CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(chain);
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(clock.instant()));
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
            List<String> usages = chain.getFirst().getExtendedKeyUsage();
            return usages != null && usages.contains(CLIENT_AUTH);
        } catch (GeneralSecurityException e) {
            System.getLogger(ClientCertificates.class.getName()).log(System.Logger.Level.DEBUG,
                    () -> "client certificate refused: " + e.getMessage());
            return false;
        }
    }
}
