package dev.fairway.node.agent;

import java.time.Duration;
import java.time.Instant;

/**
 * When a container that has ended may start again: at once the first time, then 10 s later, and twice as long each
 * time up to 5 minutes; one that ran longer than 10 minutes starts over. Values of kubelet's back-off.
 */
final class CrashLoop {
    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration MAX = Duration.ofMinutes(5);
    private static final Duration HEALTHY = Duration.ofMinutes(10);
    private static final int MAX_DOUBLINGS = 5;

    private int ends;
    private Instant notBefore = Instant.EPOCH;

    void ended(Instant startedAt, Instant at) {
        ends = Duration.between(startedAt, at).compareTo(HEALTHY) > 0 ? 1 : ends + 1;
        notBefore = ends == 1 ? at : at.plus(delay());
    }

    /** How long the last end makes it wait. */
    Duration delay() {
        if (ends <= 1) {
            return Duration.ZERO;
        }
        Duration delay = FIRST.multipliedBy(1L << Math.min(ends - 2, MAX_DOUBLINGS));
        return delay.compareTo(MAX) > 0 ? MAX : delay;
    }

    /** Puts the next start off for another reason than an end. */
    void postpone(Instant until) {
        notBefore = until;
    }

    Instant notBefore() {
        return notBefore;
    }

    /** As Go prints a duration of whole seconds: 10s, 1m20s, 5m0s. */
    static String text(Duration duration) {
        return (duration.toMinutes() > 0 ? duration.toMinutes() + "m" : "") + duration.toSecondsPart() + "s";
    }
}
