package dev.fairway.store;

import java.util.Objects;
import java.util.Optional;

/**
 * One write as a watcher sees it.
 *
 * @param type     what happened
 * @param entry    the new version; for a {@link Type#DELETE} its value is empty and {@link Entry#modRevision()} is the
 *                 revision of the removal; for a {@link Type#PROGRESS} its key is empty too
 * @param previous the version before; empty when the key was created
 */
public record Event(Type type, Entry entry, Optional<Entry> previous) {

    /** What happened to the key. */
    public enum Type {
        /** Created or replaced. */
        PUT,
        /** Removed. */
        DELETE,
        /** Nothing: all events up to {@link #revision()} have been delivered. */
        PROGRESS
    }

    private static final byte[] NOTHING = {};

    public Event {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(entry, "entry");
        Objects.requireNonNull(previous, "previous");
    }

    /** The revision of the write, or the revision reached for {@link Type#PROGRESS}. */
    public long revision() {
        return entry.modRevision();
    }

    /** True if the key did not exist before. */
    public boolean isCreate() {
        return type == Type.PUT && previous.isEmpty();
    }

    static Event put(Entry entry, Entry previous) {
        return new Event(Type.PUT, entry, Optional.ofNullable(previous));
    }

    static Event delete(Entry previous, long revision) {
        return new Event(Type.DELETE, new Entry(previous.key(), NOTHING, 0, revision), Optional.of(previous));
    }

    static Event progress(long revision) {
        return new Event(Type.PROGRESS, new Entry("", NOTHING, 0, revision), Optional.empty());
    }
}
