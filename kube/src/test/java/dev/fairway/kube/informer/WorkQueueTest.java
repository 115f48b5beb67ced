package dev.fairway.kube.informer;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkQueueTest {
    private final BlockingQueue<String> done = new LinkedBlockingQueue<>();

    private String next() throws InterruptedException {
        return done.poll(20, TimeUnit.SECONDS);
    }

    @Test
    void aKeyWaitsAtMostOnce() throws InterruptedException {
        try (WorkQueue<String> queue = new WorkQueue<>("test")) {
            queue.add("a");
            queue.add("a");
            queue.add("b");
            queue.start(1, done::add);
            assertEquals("a", next());
            assertEquals("b", next());
            queue.add("c");
            assertEquals("c", next());
        }
    }

    @Test
    void aKeyAddedDuringItsWorkIsWorkedOnAgainAfterwards() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger atOnce = new AtomicInteger();
        try (WorkQueue<String> queue = new WorkQueue<>("test")) {
            queue.start(4, key -> {
                assertEquals(1, atOnce.incrementAndGet());
                started.countDown();
                go.await();
                atOnce.decrementAndGet();
                done.add(key);
            });
            queue.add("a");
            started.await();
            queue.add("a");
            queue.add("a");
            go.countDown();
            assertEquals("a", next());
            assertEquals("a", next());
            assertNull(done.poll(50, TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void failedWorkComesBackUntilItSucceeds() throws InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        try (WorkQueue<String> queue = new WorkQueue<>("test")) {
            queue.start(1, key -> {
                if (tries.incrementAndGet() < 4) {
                    throw new IllegalStateException("not yet");
                }
                done.add(key);
            });
            queue.add("a");
            assertEquals("a", next());
            assertEquals(4, tries.get());
        }
    }

    @Test
    void delayedKeysComeInTheOrderTheyAreDue() throws InterruptedException {
        try (WorkQueue<String> queue = new WorkQueue<>("test")) {
            queue.start(1, done::add);
            long start = System.nanoTime();
            queue.addAfter("late", Duration.ofMillis(60));
            queue.addAfter("soon", Duration.ofMillis(20));
            assertEquals("soon", next());
            assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(20));
            assertEquals("late", next());
        }
    }

    @Test
    void noKeyIsEverWorkedOnByTwoThreadsAndNoneIsForgotten() throws InterruptedException {
        int keys = 20;
        Map<Integer, AtomicInteger> working = new ConcurrentHashMap<>();
        Map<Integer, Integer> seen = new ConcurrentHashMap<>();
        Map<Integer, Integer> latest = new ConcurrentHashMap<>();
        AtomicInteger overlaps = new AtomicInteger();
        try (WorkQueue<Integer> queue = new WorkQueue<>("test")) {
            queue.start(8, key -> {
                AtomicInteger mine = working.computeIfAbsent(key, k -> new AtomicInteger());
                overlaps.addAndGet(mine.incrementAndGet() - 1);
                seen.put(key, latest.get(key));
                mine.decrementAndGet();
            });
            for (int i = 1; i <= 5_000; i++) {
                latest.put(i % keys, i);
                queue.add(i % keys);
            }
            until(() -> seen.equals(latest));
        }
        assertEquals(0, overlaps.get());
    }
}
