package dev.fairway.apiserver.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends connections whose clients do not take or bring what is theirs: a blocking read or write has no end of its own. The
 * interruption of a virtual thread in one closes the socket.
 */
final class Deadlines implements AutoCloseable {
    private static final Duration PRECISION = Duration.ofSeconds(1);

    private final ThreadLocal<Deadline> current = ThreadLocal.withInitial(this::make);
    private final Set<Deadline> all = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);

    /** Something that can be done and can fail. */
    @FunctionalInterface
    interface Io<T, E extends Exception> {
        T run() throws E;
    }

    Deadlines() {
        Thread.ofVirtual().name("deadlines").start(this::watch);
    }

    private Deadline make() {
        Deadline deadline = new Deadline(Thread.currentThread());
        all.add(deadline);
        return deadline;
    }

    /** Does something on the calling connection's socket; it fails when it takes longer than {@code time}. */
    <T, E extends Exception> T within(Duration time, Io<T, E> io) throws E {
        Deadline deadline = current.get();
        deadline.set(System.nanoTime() + time.toNanos());
        try {
            return io.run();
        } finally {
            deadline.clear();
        }
    }

    private void watch() {
        try {
            while (!closing.await(PRECISION.toMillis(), TimeUnit.MILLISECONDS)) {
                all.removeIf(deadline -> !deadline.thread.isAlive());
                all.forEach(Deadline::check);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }

    /** The one of a connection, which does one thing at a time. */
    private static final class Deadline {
        private final Thread thread;
        private boolean running;
        private boolean passed;
        private long due;

        private Deadline(Thread thread) {
            this.thread = thread;
        }

        private synchronized void set(long nanoTime) {
            due = nanoTime;
            running = true;
        }

        private synchronized void check() {
            if (running && !passed && due - System.nanoTime() < 0) {
                passed = true;
                thread.interrupt();
            }
        }

        private synchronized void clear() {
            running = false;
            if (passed) {
                passed = false;
                // If the interruption came too late to end anything, it must not end what comes next.
                Thread.interrupted();
            }
        }
    }
}
