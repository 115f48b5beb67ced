package dev.fairway.node.probe;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** The end of a probe's time. */
record Deadline(long nanos) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /**
     * What is left, in milliseconds, at least 1, as socket timeouts take it.
     *
     * @throws SocketTimeoutException if nothing is left
     */
    int millis() throws SocketTimeoutException {
        long left = nanos - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("context deadline exceeded");
        }
        return Math.clamp(left / 1_000_000, 1, Integer.MAX_VALUE);
    }
}
