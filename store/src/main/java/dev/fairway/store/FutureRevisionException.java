package dev.fairway.store;

/** The revision asked for has not happened yet. */
public final class FutureRevisionException extends StoreException {

    private final long requested;
    private final long current;

    public FutureRevisionException(long requested, long current) {
        super("revision " + requested + " is in the future, the newest is " + current);
        this.requested = requested;
        this.current = current;
    }

    /** The revision that was asked for. */
    public long requested() {
        return requested;
    }

    /** The newest revision. */
    public long current() {
        return current;
    }
}
