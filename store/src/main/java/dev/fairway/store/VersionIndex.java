package dev.fairway.store;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Every key's versions, newest first. One writer at a time (the caller sees to it), any number of readers beside it:
 * a reader names the revision it wants, so that versions written meanwhile do not show.
 */
final class VersionIndex {

    /** {@code entry} is null where the key was deleted at {@code revision}. */
    private static final class Version {
        final long revision;
        final Entry entry;
        volatile Version older;

        Version(long revision, Entry entry, Version older) {
            this.revision = revision;
            this.entry = entry;
            this.older = older;
        }
    }

    private final ConcurrentNavigableMap<String, Version> newest = new ConcurrentSkipListMap<>();

    void put(Event event) {
        Entry entry = event.entry();
        String key = entry.key();
        Version live = new Version(event.revision(), event.type() == Event.Type.DELETE ? null : entry, newest.get(key));
        newest.put(key, live);
    }

    Optional<Entry> newest(String key) {
        Version version = newest.get(key);
        return version == null ? Optional.empty() : Optional.ofNullable(version.entry);
    }

    Optional<Entry> get(String key, long revision) {
        return Optional.ofNullable(at(newest.get(key), revision));
    }

    Page list(String prefix, String startKey, int limit, long revision) {
        List<Entry> entries = new ArrayList<>();
        long remaining = 0;
        Iterator<Version> versions = from(prefix, startKey).values().iterator();
        while (versions.hasNext()) {
            Entry entry = at(versions.next(), revision);
            if (entry == null) {
                continue;
            }
            if (limit > 0 && entries.size() == limit) {
                remaining++;
            } else {
                entries.add(entry);
            }
        }
        return new Page(entries, revision, remaining > 0, remaining);
    }

    long count(String prefix, long revision) {
        long count = 0;
        for (Version version : from(prefix, "").values()) {
            if (at(version, revision) != null) {
                count++;
            }
        }
        return count;
    }

    /** Drops what no reader at or after {@code revision} can see of the key. */
    void forget(String key, long revision) {
        Version head = newest.get(key);
        Version version = head;
        while (version != null && version.revision > revision) {
            version = version.older;
        }
        if (version == null) {
            return;
        }
        version.older = null;
        if (version == head && version.entry == null) {
            newest.remove(key);
        }
    }

    private static Entry at(Version head, long revision) {
        Version version = head;
        while (version != null && version.revision > revision) {
            version = version.older;
        }
        return version == null ? null : version.entry;
    }

    private NavigableMap<String, Version> from(String prefix, String startKey) {
        String first = startKey.compareTo(prefix) > 0 ? startKey : prefix;
        String end = endOf(prefix);
        if (end == null) {
            return newest.tailMap(first, true);
        }
        return first.compareTo(end) >= 0 ? new ConcurrentSkipListMap<>() : newest.subMap(first, true, end, false);
    }

    /** The first key behind all keys with this prefix, or null if there is none. */
    static String endOf(String prefix) {
        for (int i = prefix.length() - 1; i >= 0; i--) {
            char c = prefix.charAt(i);
            if (c < Character.MAX_VALUE) {
                return prefix.substring(0, i) + (char) (c + 1);
            }
        }
        return null;
    }
}
