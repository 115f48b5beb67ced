package dev.fairway.kube.client;

import java.util.concurrent.TimeUnit;

/** Lets {@code burst} requests go at once and {@code qps} a second in the long run; fair in order of arrival. */
final class TokenBucket {
    private final double nanosPerToken;
    private final double capacityNanos;
    private long readyNanos;

    TokenBucket(float qps, int burst) {
        this.nanosPerToken = 1e9 / qps;
        this.capacityNanos = nanosPerToken * Math.max(burst, 1);
        this.readyNanos = System.nanoTime() - (long) capacityNanos;
    }

    /** Takes a token and waits until it is due. */
    void acquire() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(reserve(System.nanoTime()));
    }

    /** Takes a token; returns the nanoseconds from {@code now} until it is due, at least 0. */
    synchronized long reserve(long now) {
        long oldest = now - (long) capacityNanos;
        if (readyNanos - oldest < 0) {
            readyNanos = oldest;
        }
        readyNanos += (long) nanosPerToken;
        return Math.max(0, readyNanos - now);
    }
}
