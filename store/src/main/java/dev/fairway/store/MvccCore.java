package dev.fairway.store;

import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * What the stores share: all live keys and the history since the last compaction, in memory.
 *
 * <p>Reads and watches are served here. Writes come in as events through {@link #apply}, from one thread at a time,
 * after the implementation has made them as durable as it promises.
 */
final class MvccCore implements AutoCloseable {

    /** Events handled per hold of the lock during a compaction, so that writers wait for microseconds only. */
    private static final int COMPACTION_SLICE = 512;

    private final VersionIndex index = new VersionIndex();
    private final EventLog log = new EventLog();
    private final WatchHub hub;
    private final Object writing = new Object();
    private volatile long revision;
    private volatile long compacted;
    private volatile StoreException closed;

    /**
     * @param revision       the newest revision so far
     * @param compacted      the revision up to which history is gone
     * @param watchCapacity  how many events may wait for the reader of one watch
     * @param entries        the live entries at {@code compacted}, in any order
     * @param events         the events since, in revision order
     */
    MvccCore(long revision, long compacted, int watchCapacity, Iterable<Entry> entries, Iterable<Event> events) {
        this.revision = revision;
        this.compacted = compacted;
        entries.forEach(entry -> index.put(Event.put(entry, null)));
        events.forEach(event -> {
            index.put(event);
            log.append(event);
        });
        this.hub = new WatchHub(log, revision, watchCapacity, this::published);
    }

    long revision() {
        return revision;
    }

    /** The newest revision that readers see, after a writer who is just about to show one has done so. */
    private long published() {
        synchronized (writing) {
            return revision;
        }
    }

    long compacted() {
        return compacted;
    }

    long historyExcess(long bytes) {
        return log.excess(bytes);
    }

    int watches() {
        return hub.size();
    }

    /** Makes events visible. {@code newRevision} is the newest revision afterwards. */
    void apply(List<Event> events, long newRevision) {
        synchronized (writing) {
            for (Event event : events) {
                index.put(event);
                log.append(event);
            }
            // Before the revision shows, so that a progress request made at that revision queues behind these events.
            hub.deliver(events, newRevision);
            revision = newRevision;
        }
    }

    /** What a writer has to compare with: the newest version, whether readers see it already or not. */
    Optional<Entry> newest(String key) {
        return index.newest(key);
    }

    Optional<Entry> get(String key) {
        return atNewest(snapshot -> index.get(key, snapshot));
    }

    long count(String prefix) {
        return atNewest(snapshot -> index.count(prefix, snapshot));
    }

    Page list(String prefix, String startKey, int limit, long at) {
        if (limit < 0) {
            throw new IllegalArgumentException("limit " + limit + " is negative");
        }
        if (at == 0) {
            return atNewest(snapshot -> index.list(prefix, startKey, limit, snapshot));
        }
        checkOpen();
        checkReadable(at);
        Page page = index.list(prefix, startKey, limit, at);
        checkReadable(at);
        return page;
    }

    /** A compaction that overtakes a reader takes its snapshot away; the newest snapshot is then a later one. */
    private <T> T atNewest(LongFunction<T> read) {
        while (true) {
            checkOpen();
            long snapshot = revision;
            T result = read.apply(snapshot);
            if (compacted <= snapshot) {
                return result;
            }
        }
    }

    Watch watch(String prefix, long after) {
        checkOpen();
        if (after > revision) {
            throw new FutureRevisionException(after, revision);
        }
        return watchFrom(prefix, after);
    }

    /** Like {@link #watch}, for callers who know that {@code after} has happened or will. */
    Watch watchFrom(String prefix, long after) {
        checkOpen();
        if (after < compacted) {
            throw new CompactedException(after, compacted);
        }
        Watch watch = hub.watch(prefix, after);
        // The log may have been cut between the check and the copy of the backlog.
        if (after < compacted) {
            watch.close();
            throw new CompactedException(after, compacted);
        }
        return watch;
    }

    /** Refuses what a compaction cannot do. */
    void checkCompaction(long at) {
        checkOpen();
        if (at <= compacted) {
            throw new CompactedException(at, compacted);
        }
        if (at > revision) {
            throw new FutureRevisionException(at, revision);
        }
    }

    /** Forgets history; {@code dropped} hears of each event whose own or previous version is now out of reach. */
    void compact(long at, java.util.function.Consumer<List<Event>> dropped) {
        synchronized (writing) {
            checkCompaction(at);
            compacted = at;
        }
        while (true) {
            List<Event> events;
            synchronized (writing) {
                events = log.drain(at, COMPACTION_SLICE);
                events.forEach(event -> index.forget(event.entry().key(), at));
            }
            if (events.isEmpty()) {
                return;
            }
            dropped.accept(events);
        }
    }

    private void checkReadable(long at) {
        if (at < compacted) {
            throw new CompactedException(at, compacted);
        }
        if (at > revision) {
            throw new FutureRevisionException(at, revision);
        }
    }

    void checkOpen() {
        StoreException reason = closed;
        if (reason != null) {
            throw new StoreException(reason.getMessage(), reason.getCause());
        }
    }

    /** Ends all watches and refuses every later call. */
    void fail(StoreException reason) {
        synchronized (writing) {
            if (closed == null) {
                closed = reason;
                hub.stop(reason);
            }
        }
    }

    @Override
    public void close() {
        fail(new StoreException("the store is closed"));
        hub.close();
    }
}
