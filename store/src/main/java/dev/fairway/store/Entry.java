package dev.fairway.store;

import java.util.Arrays;
import java.util.Objects;

/**
 * One version of one key.
 *
 * @param key            the key
 * @param value          the bytes written; shared, so that nobody may change them; empty for the entry of a deletion
 * @param createRevision the revision that created the key (0 in the entry of a deletion)
 * @param modRevision    the revision that wrote this version
 */
public record Entry(String key, byte[] value, long createRevision, long modRevision) {

    public Entry {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Entry(String k, byte[] v, long c, long m)
                && key.equals(k) && createRevision == c && modRevision == m && Arrays.equals(value, v);
    }

    @Override
    public int hashCode() {
        return Objects.hash(key, createRevision, modRevision);
    }

    /** Leaves the value out: it may be a Secret. */
    @Override
    public String toString() {
        return "Entry[" + key + "@" + modRevision + ", created " + createRevision + ", " + value.length + " bytes]";
    }
}
