package dev.fairway.apiserver.tls;

import java.net.InetAddress;
import java.time.Clock;
import java.util.List;

/** Issues certificates. */
public final class CertificateAuthority {
    private final KeyAndCertificate self;
    private final Clock clock;

    CertificateAuthority(KeyAndCertificate self, Clock clock) {
        this.self = self;
        this.clock = clock;
    }

    /** A new authority with a self-signed certificate. */
    static CertificateAuthority create(String commonName, Clock clock) {
        return new CertificateAuthority(Issuer.createAuthority(commonName, clock), clock);
    }

    /** The authority's own key and certificate. */
    public KeyAndCertificate self() {
        return self;
    }

    /** A certificate for a TLS server. */
    public KeyAndCertificate issueServing(String commonName, List<String> names, List<InetAddress> addresses) {
        return new Issuer(self, clock).issueServing(commonName, names, addresses);
    }

    /** A client certificate: the common name is the user, the organizations are its groups. */
    public KeyAndCertificate issueClient(String user, List<String> groups) {
        return new Issuer(self, clock).issueClient(user, groups);
    }
}
