package dev.fairway.cli.bench.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.cli.bench.proxy.Connections.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Restarts and kills a proxy, also into the other mode, while connections are made through it: none may fail. Four restarts by
 * default, more with {@code -Dfairway.restarts=20}.
 */
@Timeout(900)
class RestartTest {
    private static final int RESTARTS = Integer.getInteger("fairway.restarts", 4);
    private static final int CONNECT_MILLIS = 900;

    @TempDir
    Path directory;

    /** Connects again and again, from inside the node, and counts what it met. */
    private static final class Traffic implements AutoCloseable {
        private final Map<Outcome, AtomicLong> met = new ConcurrentHashMap<>();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final CompletableFuture<Void> loop;

        Traffic(BenchNode node, String address) {
            loop = CompletableFuture.runAsync(() -> {
                try {
                    node.namespace().<Boolean, IOException>call(() -> {
                        while (!ended.get()) {
                            Outcome outcome = Connections.connect(address, BenchObjects.PORT, CONNECT_MILLIS);
                            met.computeIfAbsent(outcome, key -> new AtomicLong()).incrementAndGet();
                            LockSupport.parkNanos(500_000);
                        }
                        return true;
                    });
                } catch (IOException e) {
                    met.computeIfAbsent(Outcome.REFUSED, key -> new AtomicLong()).incrementAndGet();
                }
            }, Thread.ofPlatform().daemon()::start);
        }

        long connections() {
            return met.getOrDefault(Outcome.CONNECTED, new AtomicLong()).get();
        }

        Set<Outcome> end() {
            close();
            return Set.copyOf(met.keySet());
        }

        @Override
        public void close() {
            ended.set(true);
            loop.join();
        }
    }

    private ProxyProcess start(BenchNode node, BenchApi api, BenchObjects objects, String mode) throws IOException {
        Path config = BenchConfig.write(api, directory, mode, "10ms");
        ProxyProcess proxy = new ProxyProcess(node.namespace(), config, directory.resolve("proxy.log"));
        new ProxyBench(node, api, objects, proxy).awaitProgrammed(System.nanoTime());
        return proxy;
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables", "iptables nftables"})
    void noConnectionFails(String modesInTurn) throws Exception {
        String[] modes = modesInTurn.split(" ");
        BenchObjects objects = new BenchObjects(40, 2);
        String address = BenchObjects.clusterIp(3);
        try (BenchNode node = new BenchNode(); BenchApi api = new BenchApi(Optional.of(node.namespace()), objects, BenchNode.NODE_ADDRESS)) {
            api.put(3, List.of(BenchNode.POD_ADDRESS));
            ProxyProcess proxy = start(node, api, objects, modes[0]);
            try (Traffic traffic = new Traffic(node, address)) {
                for (int i = 0; i < RESTARTS; i++) {
                    long before = traffic.connections();
                    if (i % 2 == 0) {
                        proxy.kill();
                    } else {
                        proxy.close();
                    }
                    // Something else has changed by the time that it is back, so that there is a difference to apply.
                    api.put(4, i % 2 == 0 ? List.of() : List.of(BenchNode.POD_ADDRESS));
                    proxy = start(node, api, objects, modes[(i + 1) % modes.length]);
                    assertTrue(traffic.connections() > before, "no connections were made");
                }
                assertEquals(Set.of(Outcome.CONNECTED), traffic.end(), traffic.met::toString);
            } finally {
                proxy.close();
            }
        }
    }
}
