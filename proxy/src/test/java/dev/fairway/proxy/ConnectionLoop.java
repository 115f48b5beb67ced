package dev.fairway.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.testkit.Prober;
import dev.fairway.testkit.Prober.Outcome;
import dev.fairway.testkit.Prober.Target;
import dev.fairway.testkit.Topology;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** New connections without a pause, none of which may fail, while proxies come and go. */
public final class ConnectionLoop implements AutoCloseable {
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

    /** Begins to connect from a place of the topology. */
    public ConnectionLoop from(Topology topology, String place, String target) {
        // A lost first packet is sent again after a second, so that a wait of less would tell nothing of a busy machine.
        Prober prober = Prober.from(topology.place(place)).tries(5).timeout(Duration.ofMillis(900));
        loops.add(threads.submit(() -> {
            Set<String> failures = new TreeSet<>();
            while (!done) {
                Outcome outcome = prober.probe(Target.parse(target));
                outcome.failures().forEach(failure -> failures.add(place + " to " + target + ": " + failure));
                made.incrementAndGet();
            }
            return failures;
        }));
        return this;
    }

    /** Lets so many rounds of connections pass. */
    public void pass(int rounds) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        for (int before = made.get(); made.get() - before < rounds * loops.size(); ) {
            assertTrue(System.nanoTime() < end, "no connections within a minute");
            Thread.sleep(1);
        }
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
