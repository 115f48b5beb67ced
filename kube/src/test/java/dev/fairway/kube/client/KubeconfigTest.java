package dev.fairway.kube.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeconfigTest {
    @TempDir
    Path folder;

    private Kubeconfig kubeconfig(String cluster, String user) throws IOException {
        return Kubeconfig.read(Files.writeString(folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                current-context: one
                preferences: {}
                contexts:
                - {name: one, context: {cluster: c, user: u}}
                - {name: anonymous, context: {cluster: c}}
                - {name: dangling, context: {cluster: nowhere, user: u}}
                clusters:
                - {name: c, cluster: %s}
                users:
                - {name: u, user: %s}
                """.formatted(cluster, user)));
    }

    @Test
    void readsFilesBesideItself() throws IOException {
        ClientConfig config = kubeconfig(
                "{server: 'https://api.example:6443', certificate-authority: ca.crt, tls-server-name: other}",
                "{client-certificate: tls/me.crt, client-key: /etc/me.key}").client("");
        assertEquals(URI.create("https://api.example:6443"), config.server());
        assertEquals(Optional.of(new PemSource.InFile(folder.resolve("ca.crt"))), config.certificateAuthority());
        assertEquals("other", config.tlsServerName());
        assertEquals(Optional.of(new ClientConfig.ClientCertificate(
                new PemSource.InFile(folder.resolve("tls/me.crt")), new PemSource.InFile(Path.of("/etc/me.key")))),
                config.clientCertificate());
        assertEquals(new Credentials.None(), config.credentials());
    }

    @Test
    void dataOutranksFiles() throws IOException {
        ClientConfig config = kubeconfig(
                "{server: 'https://h', certificate-authority: ca.crt, certificate-authority-data: aGVsbG8=, "
                        + "proxy-url: 'http://p:3128', insecure-skip-tls-verify: true}", "{}").client("one");
        assertEquals("hello", new String(config.certificateAuthority().orElseThrow().read()));
        assertEquals(Optional.of(URI.create("http://p:3128")), config.proxy());
        assertTrue(config.insecureSkipTlsVerify());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{token: t, username: a, password: b}|Token[]",
        "{tokenFile: tok, token: t}|TokenFile[file=FOLDER/tok]",
        "{username: ann, password: secret}|Basic[ann]",
        "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin}}|Exec[FOLDER/./plugin]",
        "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}}|Exec[aws]",
        "{}|None[]",
    })
    void choosesCredentials(String user, String expected) throws IOException {
        Credentials credentials = kubeconfig("{server: 'https://h'}", user).client("").credentials();
        assertEquals(expected.replace("FOLDER", folder.toString()), credentials.toString());
    }

    @Test
    void readsImpersonation() throws IOException {
        ClientConfig config = kubeconfig("{server: 'https://h'}",
                "{token: t, as: bob, as-groups: [x, y], as-user-extra: {scopes: [view]}}").client("");
        assertEquals(Map.of("Impersonate-User", List.of("bob"), "Impersonate-Group", List.of("x", "y"),
                "Impersonate-Extra-scopes", List.of("view")), config.impersonate());
    }

    @Test
    void aContextWithoutUserIsAnonymous() throws IOException {
        ClientConfig config = kubeconfig("{server: 'https://h'}", "{token: t}").client("anonymous");
        assertEquals(new Credentials.None(), config.credentials());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "one|{}|{}|clusters.server is not set",
        "one|{server: 'ftp://h'}|{}|clusters.server: server: not an http or https URL",
        "one|{server: 'https://h', certificate-authority-data: '?!'}|{}|certificate-authority-data is not base64",
        "one|{server: 'https://h'}|{client-certificate: a}|client-certificate and client-key must come together",
        "one|{server: 'https://h'}|{auth-provider: {name: gcp}}|users.auth-provider is no longer supported",
        "one|{server: 'https://h'}|{exec: {command: a}}|users.exec.apiVersion is not set",
        "one|{server: 'https://h'}|{exec: {apiVersion: v9, command: a}}|users.exec.apiVersion: unknown version",
        "two|{server: 'https://h'}|{}|contexts has no entry named two",
        "dangling|{server: 'https://h'}|{}|clusters has no entry named nowhere",
    })
    void aFaultNamesItsField(String context, String cluster, String user, String message) throws IOException {
        Kubeconfig kubeconfig = kubeconfig(cluster, user);
        IOException fault = assertThrows(IOException.class, () -> kubeconfig.client(context));
        assertTrue(fault.getMessage().contains(message), fault::getMessage);
        assertTrue(fault.getMessage().startsWith(folder.toString()), fault::getMessage);
    }

    @Test
    void aTornFileIsNotQuoted() throws IOException {
        Path file = Files.writeString(folder.resolve("torn"), "users:\n- {name: u, user: {token: topsecret\n");
        IOException fault = assertThrows(IOException.class, () -> Kubeconfig.read(file));
        assertTrue(fault.getMessage().contains("not YAML"), fault::getMessage);
        assertFalse(fault.toString().contains("topsecret"));
    }

    @Test
    void aPodReadsItsServiceAccount() throws IOException {
        Files.writeString(folder.resolve("token"), "t");
        Files.writeString(folder.resolve("ca.crt"), "ca");
        ClientConfig config = ClientConfig.inCluster(
                Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "443"), folder);
        assertEquals(URI.create("https://[fd00::1]:443"), config.server());
        assertEquals(new Credentials.TokenFile(folder.resolve("token")), config.credentials());
        assertEquals(Optional.of(new PemSource.InFile(folder.resolve("ca.crt"))), config.certificateAuthority());
    }

    @Test
    void outsideAPodThatIsAnError() {
        assertThrows(IOException.class, () -> ClientConfig.inCluster(Map.of(), folder));
        assertThrows(IOException.class, () -> ClientConfig.inCluster(
                Map.of("KUBERNETES_SERVICE_HOST", "h", "KUBERNETES_SERVICE_PORT", "1"), folder));
    }
}
