package dev.fairway.store;

import java.util.Optional;

/** The rules of the three writes: what they need to find, and the event they lead to. Pure. */
final class Writes {

    private Writes() {}

    static Event create(Optional<Entry> current, String key, byte[] value, long revision) {
        if (current.isPresent()) {
            throw new KeyExistsException(key);
        }
        return Event.put(new Entry(key, value, revision, revision), null);
    }

    static Event update(Optional<Entry> current, String key, byte[] value, long expected, long revision) {
        Entry old = expect(current, key, expected);
        return Event.put(new Entry(key, value, old.createRevision(), revision), old);
    }

    static Event delete(Optional<Entry> current, String key, long expected, long revision) {
        return Event.delete(expect(current, key, expected), revision);
    }

    private static Entry expect(Optional<Entry> current, String key, long expected) {
        return current.filter(entry -> entry.modRevision() == expected)
                .orElseThrow(() -> new RevisionConflictException(key, expected, current));
    }
}
