package dev.fairway.apiserver.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** PEM, RFC 7468, of certificates and of PKCS #8 private keys. */
public final class Pem {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private Pem() {
    }

    public static String of(X509Certificate certificate) {
        try {
            return block("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that cannot be encoded", e);
        }
    }

    public static String of(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    /**
     * An elliptic curve key in its own form (RFC 5915), with curve and public key, as OpenSSL and Go write it. Every
     * client reads that; fabric8's takes a PKCS #8 key for an RSA key, and client-java wants the public key.
     */
    static String ecPrivateKey(KeyAndCertificate pair) {
        try {
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(pair.key().getEncoded());
            SubjectPublicKeyInfo shared = SubjectPublicKeyInfo.getInstance(pair.certificate().getPublicKey().getEncoded());
            ECPrivateKey whole = new ECPrivateKey(((ECKey) pair.key()).getParams().getOrder().bitLength(),
                    ECPrivateKey.getInstance(info.parsePrivateKey()).getKey(), shared.getPublicKeyData(),
                    info.getPrivateKeyAlgorithm().getParameters());
            return block("EC PRIVATE KEY", whole.getEncoded());
        } catch (IOException e) {
            throw new IllegalStateException("a key that cannot be encoded", e);
        }
    }

    /** A PEM block of any sort. */
    public static String block(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    static X509Certificate certificate(String pem) throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    static PrivateKey privateKey(String pem) throws GeneralSecurityException {
        String body = pem.replaceAll("-----[A-Z ]+-----", "");
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(body)));
    }
}
