package dev.fairway.kube.client;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Builds the TLS context of a client: whom it trusts, by which name, and what it presents. */
final class ClientTls {
    /** {@code GeneralName} of RFC 5280: dNSName. */
    private static final int DNS_NAME = 2;

    /** {@code GeneralName} of RFC 5280: iPAddress. */
    private static final int IP_ADDRESS = 7;

    private ClientTls() {}

    static SSLContext context(ClientConfig config, KeyManager keys) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keys}, new TrustManager[] {trust(config)}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("certificate-authority: " + e.getMessage(), e);
        }
    }

    /** A context that trusts nobody, for a client that speaks no TLS. */
    static SSLContext unused() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static X509ExtendedTrustManager trust(ClientConfig config) throws IOException, GeneralSecurityException {
        if (config.insecureSkipTlsVerify()) {
            return new AnyServer();
        }
        X509ExtendedTrustManager authorities = authorities(config.certificateAuthority());
        return config.tlsServerName().isEmpty() ? authorities : new NamedServer(authorities, config.tlsServerName());
    }

    private static X509ExtendedTrustManager authorities(Optional<PemSource> source)
            throws IOException, GeneralSecurityException {
        KeyStore store = null;
        if (source.isPresent()) {
            store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (X509Certificate certificate : Pem.certificates(source.get().read())) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("this JDK has no X.509 trust manager");
    }

    /** Trusts every server, because the configuration says so. */
    private static class AnyServer extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("a client does not check clients");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Trusts servers that chain to an authority and carry one given name, whatever the URL says. */
    private static final class NamedServer extends AnyServer {
        private final X509ExtendedTrustManager authorities;
        private final String name;

        NamedServer(X509ExtendedTrustManager authorities, String name) {
            this.authorities = authorities;
            this.name = name.toLowerCase(Locale.ROOT);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            authorities.checkServerTrusted(chain, type);
            Collection<List<?>> names = chain[0].getSubjectAlternativeNames();
            boolean match = names != null && names.stream().anyMatch(entry -> {
                int kind = (Integer) entry.get(0);
                return (kind == DNS_NAME || kind == IP_ADDRESS) && matches((String) entry.get(1));
            });
            if (!match) {
                throw new CertificateException("the server's certificate is not for " + name);
            }
        }

        private boolean matches(String pattern) {
            String lower = pattern.toLowerCase(Locale.ROOT);
            if (lower.startsWith("*.")) {
                int dot = name.indexOf('.');
                return dot > 0 && name.substring(dot).equals(lower.substring(1));
            }
            return name.equals(lower);
        }
    }
}
