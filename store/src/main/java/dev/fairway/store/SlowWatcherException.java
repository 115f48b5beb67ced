package dev.fairway.store;

/** A watcher read too slowly and was cut off; it can watch again after the last revision that it has seen. */
public final class SlowWatcherException extends StoreException {

    public SlowWatcherException(int queued) {
        super("watcher too slow: " + queued + " events were waiting to be read");
    }
}
