package dev.fairway.apiserver.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/** A private key with its certificate. */
public record KeyAndCertificate(PrivateKey key, X509Certificate certificate) {
    /** Leaves the key out. */
    @Override
    public String toString() {
        return "KeyAndCertificate[" + certificate.getSubjectX500Principal() + "]";
    }
}
