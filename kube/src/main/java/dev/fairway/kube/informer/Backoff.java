package dev.fairway.kube.informer;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential delays with jitter: each delay is drawn from the upper half of a window that doubles up to a cap.
 * Not safe for use by several threads.
 */
public final class Backoff {
    private final Duration first;
    private final Duration cap;
    private final RandomGenerator random;
    private Duration window;

    public Backoff(Duration first, Duration cap, RandomGenerator random) {
        this.first = first;
        this.cap = cap;
        this.random = random;
        this.window = first;
    }

    /** The next delay to wait. */
    public Duration next() {
        long millis = window.toMillis();
        window = window.multipliedBy(2).compareTo(cap) > 0 ? cap : window.multipliedBy(2);
        return Duration.ofMillis(millis / 2 + random.nextLong(millis / 2 + 1));
    }

    /** Starts again from the first delay, after a success. */
    public void reset() {
        window = first;
    }
}
