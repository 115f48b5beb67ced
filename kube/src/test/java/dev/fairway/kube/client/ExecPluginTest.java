package dev.fairway.kube.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

@Timeout(60)
class ExecPluginTest {
    private static final String V1 = "client.authentication.k8s.io/v1";

    @TempDir
    Path folder;

    private Credentials.Exec plugin(String script) throws IOException {
        Path file = Files.writeString(folder.resolve("plugin"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return new Credentials.Exec(V1, file.toString(), List.of("get", "a b;c"), Map.of("EXTRA", "e"), true, "get it");
    }

    private static ClientConfig config(Credentials credentials) {
        return ClientConfig.of(URI.create("https://127.0.0.1:1")).withCredentials(credentials)
                .withCertificateAuthority(Optional.of(new PemSource.Inline("ca".getBytes())));
    }

    private static String credential(String status) {
        return "{\"apiVersion\":\"" + V1 + "\",\"kind\":\"ExecCredential\",\"status\":" + status + "}";
    }

    @Test
    void passesArgumentsEnvironmentAndClusterInfo() throws Exception {
        Path seen = folder.resolve("seen");
        Credentials.Exec exec = plugin("printf '%s\\n%s\\n%s\\n' \"$2\" \"$EXTRA\" \"$KUBERNETES_EXEC_INFO\" > " + seen
                + "\necho '" + credential("{\"token\":\"t\",\"expirationTimestamp\":\"2030-01-01T00:00:00Z\"}") + "'");
        ExecPlugin.Answer answer = ExecPlugin.run(exec, config(exec));
        assertEquals("t", answer.token());
        assertEquals(Optional.of(Instant.parse("2030-01-01T00:00:00Z")), answer.expires());
        List<String> lines = Files.readAllLines(seen);
        assertEquals("a b;c", lines.get(0));
        assertEquals("e", lines.get(1));
        ObjectNode info = Json.parseObject(lines.get(2));
        assertEquals("https://127.0.0.1:1", info.at("/spec/cluster/server").asString());
        assertEquals("Y2E=", info.at("/spec/cluster/certificate-authority-data").asString());
    }

    @Test
    void asksAgainOnlyWhenTheTokenEnds() throws Exception {
        Path count = folder.resolve("count");
        Credentials.Exec exec = plugin("echo x >> " + count + "\necho '"
                + credential("{\"token\":\"t\",\"expirationTimestamp\":\"2030-01-01T00:00:00Z\"}") + "'");
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2029-01-01T00:00:00Z"));
        Authenticator authenticator = new Authenticator(config(exec), now::get);
        assertEquals("Bearer t", authenticator.authorization());
        assertEquals("Bearer t", authenticator.authorization());
        assertEquals(1, Files.readAllLines(count).size());
        now.set(Instant.parse("2029-12-31T23:59:55Z"));
        authenticator.authorization();
        assertEquals(2, Files.readAllLines(count).size());
    }

    @Test
    void aRefusedTokenIsAskedForAgain() throws Exception {
        Path count = folder.resolve("count");
        Credentials.Exec exec = plugin("echo x >> " + count + "\necho '" + credential("{\"token\":\"t\"}") + "'");
        Authenticator authenticator = new Authenticator(config(exec), java.time.InstantSource.system());
        authenticator.authorization();
        assertTrue(authenticator.refused());
        authenticator.authorization();
        assertEquals(2, Files.readAllLines(count).size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "exit 3|ended with exit code 3",
        "echo garbage|printed no JSON object",
        "echo '{\"apiVersion\":\"v2\"}'|printed apiVersion v2, not client.authentication.k8s.io/v1",
        "echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\"}'|printed neither a token nor a certificate",
    })
    void aBadPluginIsExplained(String script, String message) throws IOException {
        Credentials.Exec exec = plugin(script);
        IOException fault = assertThrows(IOException.class, () -> ExecPlugin.run(exec, config(exec)));
        assertTrue(fault.getMessage().contains(message), fault::getMessage);
    }

    @Test
    void aMissingPluginComesWithItsHint() {
        Credentials.Exec exec =
                new Credentials.Exec(V1, "/nowhere/plugin", List.of(), Map.of(), false, "apt-get install it");
        IOException fault = assertThrows(IOException.class, () -> ExecPlugin.run(exec, config(exec)));
        assertTrue(fault.getMessage().contains("apt-get install it"), fault::getMessage);
    }
}
