package dev.fairway.node.probe;

import java.util.Optional;

/**
 * Counts answers in a row until they mean something. Pure: the same answers give the same results. Not safe for use
 * by several threads.
 */
public final class ProbeTracker {
    private final int successThreshold;
    private final int failureThreshold;
    private boolean last;
    private int inARow;

    public ProbeTracker(int successThreshold, int failureThreshold) {
        this.successThreshold = successThreshold;
        this.failureThreshold = failureThreshold;
    }

    /** Takes one answer; the result, once enough of the same came in a row, else empty. */
    public Optional<Boolean> add(boolean good) {
        inARow = inARow > 0 && last == good ? inARow + 1 : 1;
        last = good;
        return inARow >= (good ? successThreshold : failureThreshold) ? Optional.of(good) : Optional.empty();
    }
}
