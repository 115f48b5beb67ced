package dev.fairway.cli.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.fairway.kube.client.RequestObserver;
import dev.fairway.proxy.config.ProxyConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiConnectorTest {
    @TempDir
    private Path folder;

    private String failure(Path kubeconfig) {
        var connection = new ProxyConfig.ClientConnection(kubeconfig.toString(), "", "", 5, 10);
        return assertThrows(IOException.class,
                () -> new ApiConnector(connection, "", "0").connect(RequestObserver.NONE)).getMessage();
    }

    @Test
    void aFileThatIsMissingIsNamedWithTheSettingThatAsksForIt() throws IOException {
        Path absent = folder.resolve("absent");
        assertEquals("clientConnection.kubeconfig: there is no file " + absent, failure(absent));
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:1", certificate-authority: absent}}]
                users: [{name: u, user: {}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """);
        assertEquals("clientConnection.kubeconfig: there is no file " + absent, failure(kubeconfig));
    }
}
