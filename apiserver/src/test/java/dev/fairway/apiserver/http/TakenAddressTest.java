package dev.fairway.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.ApiServer;
import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.store.MemoryStore;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakenAddressTest {

    @Test
    void anAddressInUseIsNamed(@TempDir Path data) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); MemoryStore store = new MemoryStore()) {
            ApiServerConfig config = ApiServerConfig.defaults(data)
                    .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()));
            UncheckedIOException error = assertThrows(UncheckedIOException.class,
                    () -> ApiServer.builder(config, store).start());
            assertTrue(error.getMessage().contains("" + taken.getLocalPort()), error.getMessage());
        }
    }
}
