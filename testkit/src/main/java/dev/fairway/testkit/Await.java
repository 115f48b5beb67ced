package dev.fairway.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition that nothing tells a test of. */
public final class Await {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long BETWEEN_NANOS = 1_000_000;

    private Await() {
    }

    /**
     * Asks every millisecond until a condition holds, for a minute and a half at the most.
     *
     * @param what what is waited for, as the failure says it
     * @throws AssertionError if it does not hold by then
     */
    public static void until(String what, Callable<Boolean> condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds(condition)) {
            assertTrue(System.nanoTime() < end, () -> "not within " + PATIENCE.toSeconds() + " s: " + what);
            LockSupport.parkNanos(BETWEEN_NANOS);
        }
    }

    /** The same where the line of the test says enough. */
    public static void until(Callable<Boolean> condition) {
        until("the condition", condition);
    }

    private static boolean holds(Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
