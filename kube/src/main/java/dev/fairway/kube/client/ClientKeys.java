package dev.fairway.kube.client;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Presents the client certificate, read anew at each handshake so that a renewed file or credential counts. */
final class ClientKeys extends X509ExtendedKeyManager {
    private static final System.Logger LOG = System.getLogger(ClientKeys.class.getName());

    /** Handshakes that may be under way with one certificate while the next is already there. */
    private static final int KEPT = 4;

    /** Finds the certificate to present now. */
    @FunctionalInterface
    interface Source {
        Optional<ClientConfig.ClientCertificate> current() throws IOException;
    }

    private record Entry(List<X509Certificate> chain, PrivateKey key) {}

    private final Source source;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private String newest = "";
    private int number;

    ClientKeys(Source source) {
        this.source = source;
    }

    /** Reads the certificate once, so that a bad configuration shows at once. */
    void check() throws IOException {
        try {
            load();
        } catch (GeneralSecurityException e) {
            throw new IOException("client-certificate or client-key: " + e.getMessage(), e);
        }
    }

    private synchronized void load() throws IOException, GeneralSecurityException {
        Optional<ClientConfig.ClientCertificate> certificate = source.current();
        if (certificate.isEmpty()) {
            newest = "";
            return;
        }
        Entry entry = new Entry(Pem.certificates(certificate.get().chain().read()),
                Pem.privateKey(certificate.get().key().read()));
        Entry before = entries.get(newest);
        if (before != null && before.chain.equals(entry.chain)) {
            return;
        }
        newest = "client-" + number++;
        entries.put(newest, entry);
        if (entries.size() > KEPT) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    private synchronized String choose(String[] keyTypes) {
        try {
            load();
        } catch (IOException | GeneralSecurityException e) {
            LOG.log(Level.WARNING, "keeping the client certificate in use: {0}", e.getMessage());
        }
        Entry entry = entries.get(newest);
        return entry != null && List.of(keyTypes).contains(entry.key.getAlgorithm()) ? newest : null;
    }

    @Override
    public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
        return choose(keyTypes);
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return choose(keyTypes);
    }

    @Override
    public synchronized X509Certificate[] getCertificateChain(String alias) {
        Entry entry = entries.get(alias);
        return entry == null ? null : entry.chain.toArray(X509Certificate[]::new);
    }

    @Override
    public synchronized PrivateKey getPrivateKey(String alias) {
        Entry entry = entries.get(alias);
        return entry == null ? null : entry.key;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        String alias = choose(new String[] {keyType});
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}
