package dev.fairway.store;

import java.util.List;

/**
 * One page of a listing.
 *
 * @param entries   the entries, in key order
 * @param revision  the snapshot that they were read from; ask for it again to read the following page
 * @param more      whether entries follow in the same snapshot
 * @param remaining how many follow; 0 unless {@code more}
 */
public record Page(List<Entry> entries, long revision, boolean more, long remaining) {

    public Page {
        entries = List.copyOf(entries);
    }
}
