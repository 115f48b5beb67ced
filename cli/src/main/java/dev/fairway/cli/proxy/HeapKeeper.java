package dev.fairway.cli.proxy;

/**
 * Keeps the heap in proportion to what it holds. The collector that takes the least memory (SerialGC) lets its old generation
 * grow to the limit before it looks through it, and that limit is a quarter of the machine. This looks earlier: when the
 * heap holds much more than it did after the last full collection.
 */
final class HeapKeeper {
    private static final long LOOK_MILLIS = 5_000;
    private static final long SLACK_BYTES = 24L << 20;

    private final Runtime runtime = Runtime.getRuntime();
    /** Bytes in use after the last full collection; before the first, when looked at first. */
    private long held;

    private HeapKeeper() {}

    /** Starts looking. */
    static void start() {
        Thread.ofPlatform().daemon().name("heap-keeper").start(new HeapKeeper()::run);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(LOOK_MILLIS);
                if (held == 0) {
                    held = used();
                } else if (isDue(used(), held)) {
                    System.gc();
                    held = used();
                }
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
