package dev.fairway.apiserver.watch;

import java.time.Duration;

/** The events of one watcher, read by one thread. */
public interface EventSource extends AutoCloseable {
    /**
     * Waits for the next event; null when none came in time.
     *
     * @throws dev.fairway.apiserver.watch.WatchEndedException when there will be no more events
     */
    ResourceEvent poll(Duration timeout) throws InterruptedException;

    /** Whether a {@link #poll} would have to wait. */
    boolean isIdle();

    /** Asks for a progress event behind everything written so far. */
    void requestProgress();

    /** Ends the watch; a waiting reader is woken. A second call does nothing. */
    @Override
    void close();
}
