package dev.fairway.store;

import java.util.Optional;

/** The key is not at the revision that a write was based on; nothing was written. */
public final class RevisionConflictException extends StoreException {

    private final String key;
    private final transient Entry current;

    public RevisionConflictException(String key, long expected, Optional<Entry> current) {
        super("key " + key + " is " + current.map(e -> "at revision " + e.modRevision()).orElse("gone")
                + ", expected revision " + expected);
        this.key = key;
        this.current = current.orElse(null);
    }

    public String key() {
        return key;
    }

    /** What the key holds now, or empty if it is gone. */
    public Optional<Entry> current() {
        return Optional.ofNullable(current);
    }
}
