package dev.fairway.cli;

import java.time.Duration;

/**
 * Keeps the heap in proportion to what it holds. The collector that takes the least memory (SerialGC) lets its old generation
 * grow to the limit before it looks through it, and that limit is a quarter of the machine. This looks earlier: when the
 * heap holds much more than it did after the last full collection, and once when the start is over: what that has left is
 * best taken away before the first change comes. A collection also gives the young generation its share of a heap that
 * has grown, so that less is taken for old that is only a few seconds of work.
 */
public final class HeapKeeper {
    private static final long LOOK_MILLIS = 5_000;
    private static final Duration START_PATIENCE = Duration.ofMinutes(5);
    private static final long SLACK_BYTES = 24L << 20;

    private final Runtime runtime = Runtime.getRuntime();
    private final Start start;
    /** Bytes in use after the last full collection. */
    private long held;

    /** Tells when the first work is done. */
    @FunctionalInterface
    public interface Start {
        /** False when the time passed before. */
        boolean await(Duration timeout) throws InterruptedException;
    }

    private HeapKeeper(Start start) {
        this.start = start;
    }

    /** Starts looking. */
    public static void start(Start start) {
        Thread.ofPlatform().daemon().name("heap-keeper").start(new HeapKeeper(start)::run);
    }

    private void run() {
        try {
            boolean started = start.await(START_PATIENCE);
            while (true) {
                if (started || isDue(used(), held)) {
                    started = false;
                    System.gc();
                    held = used();
                }
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of both generations; the young one is small. The beans that tell them apart would take megabytes themselves. */
    private long used() {
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Half as much again, and a little more, so that a small heap is not looked through all the time. */
    static boolean isDue(long used, long heldAfterLast) {
        return used > heldAfterLast + heldAfterLast / 2 + SLACK_BYTES;
    }
}
