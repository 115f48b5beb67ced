package dev.fairway.kube.informer;

import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.metrics.QueueMetrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Keys to work on: a key waits at most once, is never worked on by two threads at a time, and comes back with a
 * growing delay (5 ms doubling to 1,000 s) when its work fails.
 *
 * @param <K> the key, a value type
 */
public final class WorkQueue<K> implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WorkQueue.class.getName());
    private static final Duration FIRST_RETRY = Duration.ofMillis(5);
    private static final int MAX_DOUBLINGS = 17;

    /** The work for one key; an exception puts the key back with a delay. */
    @FunctionalInterface
    public interface Work<K> {
        void reconcile(K key) throws Exception;
    }

    private record Delayed<K>(long dueNanos, K key) {}

    private final String name;
    private final Deque<K> ready = new ArrayDeque<>();
    private final Set<K> waiting = new HashSet<>();
    private final Set<K> working = new HashSet<>();
    private final Map<K, Integer> failures = new HashMap<>();
    private final QueueMetrics<K> metrics;
    private final PriorityQueue<Delayed<K>> delayed =
            new PriorityQueue<>((a, b) -> Long.compare(a.dueNanos - b.dueNanos, 0));
    private boolean closed;

    public WorkQueue(String name) {
        this.name = name;
        this.metrics = new QueueMetrics<>(name);
    }

    public synchronized void add(K key) {
        if (closed || !waiting.add(key)) {
            return;
        }
        metrics.added(key);
        if (!working.contains(key)) {
            ready.add(key);
            // One worker is enough for one key; take() wakes the next where there is more.
            notify();
        }
    }

    public synchronized void addAfter(K key, Duration delay) {
        if (!closed) {
            delayed.add(new Delayed<>(System.nanoTime() + delay.toNanos(), key));
            notify();
        }
    }

    /** Starts {@code workers} virtual threads that take keys until the queue is closed. */
    public WorkQueue<K> start(int workers, Work<K> work) {
        for (int i = 0; i < workers; i++) {
            Thread.ofVirtual().name(name + "-" + i).start(() -> run(work));
        }
        return this;
    }

    private void run(Work<K> work) {
        try {
            for (K key = take(); key != null; key = take()) {
                boolean success = false;
                try {
                    work.reconcile(key);
                    success = true;
                } catch (ApiException e) {
                    // Conflicts are the normal way to learn that somebody else wrote in between.
                    LOG.log(e.conflict() ? Level.DEBUG : Level.WARNING, "{0}: {1} will be tried again: {2}",
                            name, key, e.getMessage());
                } catch (Exception e) {
                    LOG.log(Level.ERROR, name + ": " + key + " will be tried again", e);
                } finally {
                    done(key, success);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized K take() throws InterruptedException {
        while (!closed) {
            long now = System.nanoTime();
            while (!delayed.isEmpty() && delayed.peek().dueNanos - now <= 0) {
                add(delayed.poll().key());
            }
            K key = ready.poll();
            if (key != null) {
                waiting.remove(key);
                working.add(key);
                metrics.taken(key);
                if (!ready.isEmpty() || !delayed.isEmpty()) {
                    // Somebody must be there for the rest, and know when the next delay ends.
                    notify();
                }
                return key;
            }
            if (delayed.isEmpty()) {
                wait();
            } else {
                long nanos = delayed.peek().dueNanos - now;
                wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
            }
        }
        return null;
    }

    private synchronized void done(K key, boolean success) {
        working.remove(key);
        metrics.done(key);
        if (success) {
            failures.remove(key);
        } else {
            int failed = failures.merge(key, 1, Integer::sum);
            metrics.retried();
            addAfter(key, FIRST_RETRY.multipliedBy(1L << Math.min(failed - 1, MAX_DOUBLINGS)));
        }
        if (waiting.contains(key)) {
            ready.add(key);
            notify();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        metrics.closed();
        notifyAll();
    }
}
