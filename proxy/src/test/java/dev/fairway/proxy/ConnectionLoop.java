package dev.fairway.proxy;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.testkit.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** New connections without a pause, none of which may fail, while proxies come and go. */
public final class ConnectionLoop implements AutoCloseable {
    private static final int PER_ROUND = 5;
    /** Less than the second after which a first packet that got lost is sent again, which would hide the loss. */
    private static final int CONNECT_MILLIS = 900;
    /** Once connected, the server only has to get its turn on a busy machine. */
    private static final int ANSWER_MILLIS = 30_000;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<Set<String>>> loops = new ArrayList<>();
    private final AtomicInteger made = new AtomicInteger();
    private volatile boolean done;

    /** Makes servers forget their ends of old connections, for which new ones could otherwise be taken. */
    public static Topology prepare(Topology topology) throws IOException {
        for (String pod : List.of("pa1", "pa2", "pb1")) {
            topology.host(pod).sysctl("net/ipv4/tcp_max_tw_buckets", "0");
        }
        return topology;
    }

    /** Begins to connect from a place of the topology, over TCP. */
    public ConnectionLoop from(Topology topology, String place, String address, int port) {
        NetworkNamespace namespace = topology.place(place);
        loops.add(threads.submit(() -> {
            Set<String> failures = new TreeSet<>();
            while (!done) {
                namespace.<Boolean, IOException>call(() -> {
                    for (int i = 0; i < PER_ROUND; i++) {
                        tryOnce(address, port).ifPresent(failure ->
                                failures.add(place + " to " + address + ":" + port + ": " + failure));
                    }
                    return true;
                });
                made.incrementAndGet();
            }
            return failures;
        }));
        return this;
    }

    private static Optional<String> tryOnce(String address, int port) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), CONNECT_MILLIS);
            return socket.getInputStream().read() < 0 ? Optional.of("closed without an answer") : Optional.empty();
        } catch (IOException failure) {
            return Optional.of(failure.toString());
        }
    }

    /** Lets so many rounds of connections pass. */
    public void pass(int rounds) throws InterruptedException {
        int before = made.get();
        until(rounds + " rounds of connections", () -> made.get() - before >= rounds * loops.size());
    }

    /** Ends, and fails if any connection did. */
    public void assertNoneFailed() throws Exception {
        done = true;
        for (Future<Set<String>> loop : loops) {
            assertEquals(Set.of(), loop.get());
        }
    }

    @Override
    public void close() {
        done = true;
        threads.close();
    }
}
