package dev.fairway.cli.bench.proxy;

import dev.fairway.cli.bench.proxy.Connections.Outcome;
import dev.fairway.cli.bench.measure.Latencies;
import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** How long it takes until rules that somebody else has flushed are back. */
final class FlushBench {
    private static final int METRICS_PORT = 10249;
    private static final long PATIENCE_NANOS = 120_000_000_000L;
    private static final long REST_NANOS = 3_000_000_000L;
    private static final String FULL_SYNCS = "kubeproxy_sync_full_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"} ";

    private final NetworkNamespace node;
    private final String address;

    /** @param address of the Service that is connected to */
    FlushBench(NetworkNamespace node, String address) {
        this.node = node;
        this.address = address;
    }

    /** From the end of the flush to the first connection, and to the end of the repair. */
    record Mended(Latencies traffic, Latencies whole) {}

    /** @param command what flushes */
    Mended run(int times, List<String> command) throws IOException {
        return node.<Mended, IOException>call(() -> {
            long[] traffic = new long[times];
            long[] whole = new long[times];
            for (int i = 0; i < times; i++) {
                LockSupport.parkNanos(REST_NANOS);
                long before = fullSyncs();
                flush(command);
                long start = System.nanoTime();
                traffic[i] = Connections.await(address, BenchObjects.PORT, Outcome.CONNECTED, start, PATIENCE_NANOS);
                while (fullSyncs() == before) {
                    if (System.nanoTime() - start > PATIENCE_NANOS) {
                        throw new IOException("nothing was mended within " + PATIENCE_NANOS / 1_000_000_000 + " s");
                    }
                    LockSupport.parkNanos(5_000_000);
                }
                whole[i] = System.nanoTime() - start;
            }
            return new Mended(new Latencies(traffic), new Latencies(whole));
        });
    }

    private void flush(List<String> command) throws IOException {
        try {
            int exit = node.processBuilder(command).inheritIO().start().waitFor();
            if (exit != 0) {
                throw new IOException(String.join(" ", command) + " ended with " + exit);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static long fullSyncs() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), METRICS_PORT), 1_000);
            socket.getOutputStream().write("GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.lines().filter(line -> line.startsWith(FULL_SYNCS))
                    .mapToLong(line -> Long.parseLong(line.substring(FULL_SYNCS.length()))).findFirst().orElse(0);
        }
    }
}
