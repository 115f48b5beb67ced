package dev.fairway.apiserver.watch;

/** A watch is over: its reader was too slow, was closed, or the store's watch broke. Watching again is fine. */
public final class WatchEndedException extends RuntimeException {
    public WatchEndedException(String message, Throwable cause) {
        super(message, cause, false, false);
    }
}
