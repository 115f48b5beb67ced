package dev.fairway.apiserver.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes certificates with Bouncy Castle. Apart from {@link CertificateAuthority}, so that a start that finds its
 * certificates made does not load that library. Keys are on P-256: quick to make and to verify.
 */
final class Issuer {
    private static final Duration CA_LIFE = Duration.ofDays(3650);
    private static final Duration LEAF_LIFE = Duration.ofDays(365);
    private static final Duration BACKDATED = Duration.ofMinutes(5);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeyAndCertificate self;
    private final Clock clock;

    Issuer(KeyAndCertificate self, Clock clock) {
        this.self = self;
        this.clock = clock;
    }

    /** The key and self-signed certificate of a new authority. */
    static KeyAndCertificate createAuthority(String commonName, Clock clock) {
        KeyPair keys = newKeys();
        var subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
        Instant now = clock.instant();
        var builder = new JcaX509v3CertificateBuilder(subject, serial(), Date.from(now.minus(BACKDATED)),
                Date.from(now.plus(CA_LIFE)), subject, keys.getPublic());
        try {
            var utils = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true,
                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment | KeyUsage.keyCertSign));
            builder.addExtension(Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(keys.getPublic()));
            var certificate = sign(builder, keys.getPrivate());
            return new KeyAndCertificate(keys.getPrivate(), certificate);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot make a certificate authority", e);
        }
    }

    KeyAndCertificate issueServing(String commonName, List<String> names, List<InetAddress> addresses) {
        List<GeneralName> alternatives = new ArrayList<>();
        names.forEach(name -> alternatives.add(new GeneralName(GeneralName.dNSName, name)));
        addresses.forEach(address -> alternatives.add(new GeneralName(GeneralName.iPAddress, address.getHostAddress())));
        return issue(commonName, List.of(), KeyPurposeId.id_kp_serverAuth, alternatives);
    }

    KeyAndCertificate issueClient(String user, List<String> groups) {
        return issue(user, groups, KeyPurposeId.id_kp_clientAuth, List.of());
    }

    private KeyAndCertificate issue(String commonName, List<String> organizations, KeyPurposeId purpose,
                                    List<GeneralName> alternatives) {
        KeyPair keys = newKeys();
        var name = new X500NameBuilder(BCStyle.INSTANCE);
        organizations.forEach(each -> name.addRDN(BCStyle.O, each));
        name.addRDN(BCStyle.CN, commonName);
        Instant now = clock.instant();
        PublicKey publicKey = keys.getPublic();
        var builder = new JcaX509v3CertificateBuilder(self.certificate(), serial(), Date.from(now.minus(BACKDATED)),
                Date.from(now.plus(LEAF_LIFE)), name.build(), publicKey);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            builder.addExtension(Extension.authorityKeyIdentifier, false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(self.certificate().getPublicKey()));
            if (!alternatives.isEmpty()) {
                builder.addExtension(Extension.subjectAlternativeName, false,
                        new GeneralNames(alternatives.toArray(GeneralName[]::new)));
            }
            return new KeyAndCertificate(keys.getPrivate(), sign(builder, self.key()));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot issue a certificate for " + commonName, e);
        }
    }

    private static java.security.cert.X509Certificate sign(X509v3CertificateBuilder builder, java.security.PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("SHA256withECDSA", e);
        }
    }

    private static BigInteger serial() {
        return new BigInteger(126, RANDOM).add(BigInteger.ONE);
    }

    static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("P-256 is missing from this JDK", e);
        }
    }
}
