package dev.fairway.kube.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.testkit.api.FakeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TlsTest {
    private static final String VERSION = "/version";

    @TempDir
    static Path folder;

    private static KeyTool serverKeys;
    private static KeyTool otherKeys;
    private static KeyTool rsaClient;
    private static KeyTool ecClient;
    private static FakeApiServer server;

    @BeforeAll
    static void start() throws Exception {
        serverKeys = KeyTool.make(folder, "server", "EC", "ip:127.0.0.1", "dns:api.example", "dns:*.wild.example");
        otherKeys = KeyTool.make(folder, "other", "EC", "dns:elsewhere.example");
        rsaClient = KeyTool.make(folder, "rsa-client", "RSA");
        ecClient = KeyTool.make(folder, "ec-client", "EC");
        server = FakeApiServer.https(serverContext(serverKeys));
        server.put("/", "version", "{\"metadata\":{\"x\":1}}");
        server.declare(VERSION);
    }

    private static SSLContext serverContext(KeyTool keys) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("rsa", rsaClient.certificate());
        trusted.setCertificateEntry("ec", ecClient.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyManagerFactory key = KeyManagerFactory.getInstance("PKIX");
        key.init(keys.store(), KeyTool.PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(key.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
        return context;
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ClientConfig trusting(KeyTool keys) throws Exception {
        return ClientConfig.of(server.uri()).withCertificateAuthority(Optional.of(keys.certificatePem()));
    }

    /** The subject that the server saw. */
    private static String clientSeen(ClientConfig config) throws IOException, InterruptedException {
        try (HttpTransport transport = new HttpTransport(config); ApiResponse answer = transport.send(ApiRequest.get(VERSION))) {
            assertEquals(200, answer.status());
            return server.requests().getLast().client();
        }
    }

    @Test
    void trustsTheGivenAuthority() throws Exception {
        assertEquals("", clientSeen(trusting(serverKeys)));
    }

    @Test
    void refusesAnotherAuthority() throws Exception {
        ClientConfig config = trusting(otherKeys);
        assertThrows(IOException.class, () -> clientSeen(config));
    }

    @Test
    void refusesTheJdksAuthoritiesToo() {
        assertThrows(IOException.class, () -> clientSeen(ClientConfig.of(server.uri())));
    }

    @Test
    void trustsAnyoneWhenToldTo() throws Exception {
        assertEquals("", clientSeen(trusting(otherKeys).withInsecureSkipTlsVerify(true)));
    }

    @ParameterizedTest
    @CsvSource({"api.example,true", "API.example,true", "one.wild.example,true", "a.b.wild.example,false",
            "wild.example,false", "127.0.0.1,true", "elsewhere.example,false"})
    void checksTheGivenServerName(String name, boolean good) throws Exception {
        ClientConfig config = trusting(serverKeys).withTlsServerName(name);
        if (good) {
            assertEquals("", clientSeen(config));
        } else {
            IOException refused = assertThrows(IOException.class, () -> clientSeen(config));
            assertTrue(refused.getMessage().contains("not for " + name), refused::getMessage);
        }
    }

    @Test
    void aRightNameUnderAnotherAuthorityIsRefused() throws Exception {
        ClientConfig config = trusting(otherKeys).withTlsServerName("api.example");
        assertThrows(IOException.class, () -> clientSeen(config));
    }

    @Test
    void presentsRsaAndEcCertificates() throws Exception {
        assertEquals("CN=rsa-client", clientSeen(trusting(serverKeys).withClientCertificate(certificate(rsaClient))));
        assertEquals("CN=ec-client", clientSeen(trusting(serverKeys).withClientCertificate(certificate(ecClient))));
    }

    private static Optional<ClientConfig.ClientCertificate> certificate(KeyTool keys) throws Exception {
        return Optional.of(new ClientConfig.ClientCertificate(keys.certificatePem(), keys.keyPem()));
    }

    @Test
    void aRenewedCertificateFileCountsForTheNextConnection() throws Exception {
        Path chain = folder.resolve("client.crt");
        Path key = folder.resolve("client.key");
        write(chain, key, rsaClient);
        ClientConfig config = trusting(serverKeys).withClientCertificate(Optional.of(
                new ClientConfig.ClientCertificate(new PemSource.InFile(chain), new PemSource.InFile(key))));
        ClientKeys keys = new ClientKeys(config::clientCertificate);
        keys.check();
        String first = keys.chooseEngineClientAlias(new String[] {"RSA", "EC"}, null, null);
        write(chain, key, ecClient);
        String second = keys.chooseEngineClientAlias(new String[] {"RSA", "EC"}, null, null);
        assertEquals("CN=rsa-client", keys.getCertificateChain(first)[0].getSubjectX500Principal().getName());
        assertEquals("CN=ec-client", keys.getCertificateChain(second)[0].getSubjectX500Principal().getName());
        Files.writeString(chain, "torn");
        assertEquals(second, keys.chooseEngineClientAlias(new String[] {"EC"}, null, null));
        assertEquals(null, keys.chooseEngineClientAlias(new String[] {"RSA"}, null, null));
    }

    private static void write(Path chain, Path key, KeyTool keys) throws Exception {
        Files.write(chain, keys.certificatePem().read());
        Files.write(key, keys.keyPem().read());
    }

    @Test
    void aCertificateThatDoesNotParseNamesItsField() throws Exception {
        ClientConfig config = trusting(serverKeys).withClientCertificate(Optional.of(new ClientConfig.ClientCertificate(
                new PemSource.Inline("nonsense".getBytes()), rsaClient.keyPem())));
        IOException refused = assertThrows(IOException.class, () -> new HttpTransport(config));
        assertTrue(refused.getMessage().startsWith("client-certificate"), refused::getMessage);
        ClientConfig badAuthority = ClientConfig.of(server.uri())
                .withCertificateAuthority(Optional.of(new PemSource.Inline(new byte[0])));
        refused = assertThrows(IOException.class, () -> new HttpTransport(badAuthority));
        assertTrue(refused.getMessage().startsWith("certificate-authority"), refused::getMessage);
    }
}
