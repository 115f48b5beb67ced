package dev.fairway.store;

/** The revision asked for has been compacted away (410 Gone to API clients). */
public final class CompactedException extends StoreException {

    private final long requested;
    private final long compacted;

    public CompactedException(long requested, long compacted) {
        super("revision " + requested + " has been compacted, history starts at " + compacted);
        this.requested = requested;
        this.compacted = compacted;
    }

    /** The revision that was asked for. */
    public long requested() {
        return requested;
    }

    /** The revision up to which history is gone. */
    public long compacted() {
        return compacted;
    }
}
