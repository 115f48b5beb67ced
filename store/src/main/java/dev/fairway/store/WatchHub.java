package dev.fairway.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongSupplier;

/**
 * Carries events to the watches, on a thread of its own, so that a thousand watchers delay no writer.
 *
 * <p>Watches are kept by prefix: an event is compared once with each distinct prefix, not with each watch.
 */
final class WatchHub implements AutoCloseable {

    private sealed interface Task {}

    private record Deliver(List<Event> events, long revision) implements Task {}

    private record Progress(QueueWatch watch) implements Task {}

    private record Stop(StoreException reason) implements Task {}

    private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final Map<String, Set<QueueWatch>> watches = new HashMap<>();
    private final EventLog log;
    private final LongSupplier visible;
    private final int capacity;
    private final Thread thread;
    private long delivered;
    private StoreException stopped;

    /** @param visible the newest revision that readers see; waits for one that is just being published */
    WatchHub(EventLog log, long revision, int capacity, LongSupplier visible) {
        this.log = log;
        this.visible = visible;
        this.delivered = revision;
        this.capacity = capacity;
        this.thread = Thread.ofPlatform().daemon().name("store-watch").start(this::run);
    }

    /** Queues events that are in the log already; {@code revision} is the newest revision they lead to. */
    void deliver(List<Event> events, long revision) {
        tasks.add(new Deliver(events, revision));
    }

    void requestProgress(QueueWatch watch) {
        tasks.add(new Progress(watch));
    }

    /** Begins a watch; the caller has made sure that the log reaches back to {@code after}. */
    synchronized Watch watch(String prefix, long after) {
        if (stopped != null) {
            throw stopped;
        }
        QueueWatch watch = new QueueWatch(this, prefix, after, log.between(prefix, after, delivered), capacity);
        watches.computeIfAbsent(prefix, p -> new LinkedHashSet<>()).add(watch);
        return watch;
    }

    synchronized void remove(QueueWatch watch) {
        Set<QueueWatch> same = watches.get(watch.prefix());
        if (same != null && same.remove(watch) && same.isEmpty()) {
            watches.remove(watch.prefix());
        }
    }

    /** How many watches are open. */
    synchronized int size() {
        return watches.values().stream().mapToInt(Set::size).sum();
    }

    /** Ends all watches with {@code reason}, after the events queued so far. */
    void stop(StoreException reason) {
        tasks.add(new Stop(reason));
    }

    @Override
    public void close() {
        stop(new StoreException("the store is closed"));
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (true) {
            Task task;
            try {
                task = tasks.take();
            } catch (InterruptedException e) {
                // Nobody interrupts this thread on purpose; its end is a Stop.
                continue;
            }
            switch (task) {
                case Deliver(List<Event> events, long revision) -> {
                    awaitVisible(revision);
                    spread(events, revision);
                }
                case Progress(QueueWatch watch) -> progress(watch);
                case Stop(StoreException reason) -> {
                    end(reason);
                    return;
                }
            }
        }
    }

    /** The writer shows the revision right after it has queued the events: who hears of a write must find it. */
    private void awaitVisible(long revision) {
        long shown = visible.getAsLong();
        if (shown < revision) {
            throw new IllegalStateException("events up to " + revision + " were queued, but only " + shown + " shows");
        }
    }

    private synchronized void spread(List<Event> events, long revision) {
        for (Event event : events) {
            String key = event.entry().key();
            watches.forEach((prefix, same) -> {
                if (key.startsWith(prefix)) {
                    same.removeIf(watch -> !watch.offer(event));
                }
            });
        }
        watches.values().removeIf(Set::isEmpty);
        delivered = revision;
    }

    private synchronized void progress(QueueWatch watch) {
        if (!watch.offer(Event.progress(delivered))) {
            remove(watch);
        }
    }

    private synchronized void end(StoreException reason) {
        stopped = reason;
        watches.values().forEach(same -> same.forEach(watch -> watch.fail(reason)));
        watches.clear();
    }
}
