package dev.fairway.apiserver.tls;

import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.apiserver.config.Cidr;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The directory with the cluster's keys and certificates, {@code <data>/pki}: made at the first start, read at later
 * ones. The directory is 0700, its files 0600. The serving certificate is made anew when it lacks a name or address
 * that is wanted, or runs out soon.
 */
public final class Pki {
    private static final Duration RENEW_BEFORE = Duration.ofDays(30);
    private static final int SAN_DNS = 2;
    private static final int SAN_IP = 7;

    private final Path directory;
    private final Clock clock;
    private final CertificateAuthority authority;

    private Pki(Path directory, Clock clock, CertificateAuthority authority) {
        this.directory = directory;
        this.clock = clock;
        this.authority = authority;
    }

    /**
     * Opens the directory and makes what is missing.
     *
     * @throws UncheckedIOException  when the directory cannot be read or written
     * @throws IllegalStateException when a file in it is damaged
     */
    public static Pki open(ApiServerConfig config) {
        Path directory = config.dataDir().resolve("pki");
        try {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Clock clock = config.clock();
            Path certificate = directory.resolve("ca.crt");
            CertificateAuthority authority = Files.exists(certificate)
                    ? new CertificateAuthority(read(directory, "ca"), clock)
                    : CertificateAuthority.create("fairway-ca", clock);
            Pki pki = new Pki(directory, clock, authority);
            if (!Files.exists(certificate)) {
                pki.write("ca", authority.self());
            }
            return pki;
        } catch (IOException e) {
            throw new UncheckedIOException("PKI directory " + directory, e);
        }
    }

    public CertificateAuthority authority() {
        return authority;
    }

    /** The certificate of the authority, in PEM. */
    public String authorityPem() {
        return Pem.of(authority.self().certificate());
    }

    /** The directory. */
    public Path directory() {
        return directory;
    }

    /** The serving certificate for what the settings ask for. */
    public KeyAndCertificate serving(ApiServerConfig config) {
        List<String> names = new ArrayList<>(List.of("localhost", "kubernetes", "kubernetes.default",
                "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"));
        names.addAll(config.servingNames());
        Set<InetAddress> addresses = new HashSet<>(Set.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1")));
        for (Cidr range : config.serviceCidrs()) {
            addresses.add(range.at(1));
        }
        addresses.addAll(config.servingAddresses());
        config.advertisedEndpoints().forEach(endpoint -> addresses.add(endpoint.getAddress()));
        try {
            if (Files.exists(directory.resolve("apiserver.crt"))) {
                KeyAndCertificate existing = read(directory, "apiserver");
                if (lastsAndCovers(existing.certificate(), names, addresses)) {
                    return existing;
                }
            }
            KeyAndCertificate issued = authority.issueServing("kube-apiserver", names, List.copyOf(addresses));
            write("apiserver", issued);
            return issued;
        } catch (IOException e) {
            throw new UncheckedIOException("PKI directory " + directory, e);
        }
    }

    /** A client certificate kept in the directory under a file name. */
    public KeyAndCertificate client(String file, String user, List<String> groups) {
        try {
            if (Files.exists(directory.resolve(file + ".crt"))) {
                KeyAndCertificate existing = read(directory, file);
                if (lasts(existing.certificate())) {
                    return existing;
                }
            }
            KeyAndCertificate issued = authority.issueClient(user, groups);
            write(file, issued);
            return issued;
        } catch (IOException e) {
            throw new UncheckedIOException("PKI directory " + directory, e);
        }
    }

    private boolean lasts(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant().isAfter(clock.instant().plus(RENEW_BEFORE))
                && certificate.getIssuerX500Principal().equals(authority.self().certificate().getSubjectX500Principal());
    }

    private boolean lastsAndCovers(X509Certificate certificate, Collection<String> names, Collection<InetAddress> addresses) {
        Set<String> presentNames = new HashSet<>();
        Set<InetAddress> presentAddresses = new HashSet<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> alternative : alternatives) {
                    if (alternative.get(0).equals(SAN_DNS)) {
                        presentNames.add((String) alternative.get(1));
                    } else if (alternative.get(0).equals(SAN_IP)) {
                        presentAddresses.add(InetAddress.ofLiteral((String) alternative.get(1)));
                    }
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(directory.resolve("apiserver.crt") + " is damaged", e);
        }
        return lasts(certificate) && presentNames.containsAll(names) && presentAddresses.containsAll(addresses);
    }

    private static KeyAndCertificate read(Path directory, String name) throws IOException {
        try {
            return new KeyAndCertificate(Pem.privateKey(Files.readString(directory.resolve(name + ".key"))),
                    Pem.certificate(Files.readString(directory.resolve(name + ".crt"))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException(directory.resolve(name) + ".key or .crt is damaged", e);
        }
    }

    private void write(String name, KeyAndCertificate pair) throws IOException {
        writePrivate(directory.resolve(name + ".key"), Pem.of(pair.key()));
        writePrivate(directory.resolve(name + ".crt"), Pem.of(pair.certificate()));
    }

    /** Writes a file that only its owner may read, whole or not at all. */
    public static void writePrivate(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(temporary, text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
