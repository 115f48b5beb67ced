package dev.fairway.cli.proxy;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Optional;

/**
 * Keeps the heap in proportion to what it holds. The collector that takes the least memory (SerialGC) lets its old generation
 * grow to the limit before it looks through it, and that limit is a quarter of the machine. This looks earlier: when the
 * old generation holds much more than it did after the last full collection.
 */
final class HeapKeeper {
    private static final long LOOK_MILLIS = 5_000;
    private static final long SLACK_BYTES = 24L << 20;

    private final MemoryPoolMXBean old;
    /** Bytes in use after the last full collection; before the first, when looked at first. */
    private long held;

    private HeapKeeper(MemoryPoolMXBean old) {
        this.old = old;
    }

    /** Starts looking, where the collector has an old generation. */
    static void start() {
        find().ifPresent(pool -> Thread.ofPlatform().daemon().name("heap-keeper").start(new HeapKeeper(pool)::run));
    }

    private static Optional<MemoryPoolMXBean> find() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getName().startsWith("Tenured"))
                .findFirst();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(LOOK_MILLIS);
                long used = old.getUsage().getUsed();
                if (held == 0) {
                    held = used;
                } else if (isDue(used, held)) {
                    System.gc();
                    held = old.getUsage().getUsed();
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    /** Half as much again, and a little more, so that a small heap is not looked through all the time. */
    static boolean isDue(long used, long heldAfterLast) {
        return used > heldAfterLast + heldAfterLast / 2 + SLACK_BYTES;
    }
}
