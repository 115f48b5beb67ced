package dev.fairway.store;

import java.time.Duration;

/**
 * A running watch: a bounded queue of events, read by one thread.
 *
 * <p>A watcher that lets its queue fill up is cut off: it still receives what was queued, then
 * {@link SlowWatcherException}. It can start a new watch after the last revision it has seen.
 */
public interface Watch extends AutoCloseable {

    /**
     * Waits for the next event.
     *
     * @throws SlowWatcherException when the reader has fallen too far behind
     * @throws StoreException       when the watch or its store is closed, or the store's medium fails
     * @throws CompactedException   when the history it needs to go on has been compacted away
     */
    Event take() throws InterruptedException;

    /**
     * Waits for the next event for at most {@code timeout}; null when none came. Throws as {@link #take()}.
     */
    Event poll(Duration timeout) throws InterruptedException;

    /**
     * Asks for an {@link Event.Type#PROGRESS} event behind all events up to the store's revision at this moment. It may
     * be answered by one such event for several requests.
     */
    void requestProgress();

    /** Ends the watch; a waiting reader is woken by a {@link StoreException}. A second call does nothing. */
    @Override
    void close();
}
