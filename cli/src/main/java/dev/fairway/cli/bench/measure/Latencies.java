package dev.fairway.cli.bench.measure;

import java.util.Arrays;

/** Measured times, in nanoseconds. */
public record Latencies(long[] nanos) {
    public Latencies {
        nanos = nanos.clone();
        Arrays.sort(nanos);
    }

    /**
     * A percentile by the nearest rank.
     *
     * @param percent 0 to 100
     */
    public long percentile(double percent) {
        int rank = (int) Math.ceil(percent / 100 * nanos.length);
        return nanos[Math.max(0, Math.min(nanos.length, rank) - 1)];
    }

    /** As {@link #percentile}, in milliseconds. */
    public double millis(double percent) {
        return percentile(percent) / 1e6;
    }
}
