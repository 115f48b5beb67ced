package dev.fairway.apiserver;

import dev.fairway.apiserver.config.ApiServerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs a server by hand: arguments are the data directory and the port. */
final class ManualServer {
    private ManualServer() {
    }

    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        Path data = Path.of(args[0]);
        var config = ApiServerConfig.defaults(data)
                .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1])));
        var store = args.length > 2 ? dev.fairway.store.SqliteStore.open(data.resolve("store")) : new dev.fairway.store.MemoryStore();
        ApiServer server = ApiServer.builder(config, store).start();
        Files.writeString(data.resolve("kubeconfig"), server.adminKubeconfig());
        System.out.println("ready on " + server.url() + " in " + (System.nanoTime() - start) / 1_000_000 + " ms");
        Thread.currentThread().join();
    }
}
