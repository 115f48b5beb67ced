package dev.fairway.store;

import java.util.List;
import java.util.Optional;

/** A store that lives as long as its process: for tests, and for clusters that nobody wants to keep. */
public final class MemoryStore implements Store {

    /** How many events may wait for the reader of one watch, unless said otherwise. */
    public static final int DEFAULT_WATCH_CAPACITY = 16_384;

    private final MvccCore core;

    public MemoryStore() {
        this(DEFAULT_WATCH_CAPACITY);
    }

    /**
     * @param watchCapacity how many events may wait for the reader of one watch
     */
    public MemoryStore(int watchCapacity) {
        core = new MvccCore(1, 0, watchCapacity, List.of(), List.of());
    }

    @Override
    public long revision() {
        core.checkOpen();
        return core.revision();
    }

    @Override
    public Optional<Entry> get(String key) {
        return core.get(key);
    }

    @Override
    public Page list(String prefix, String startKey, int limit, long revision) {
        return core.list(prefix, startKey, limit, revision);
    }

    @Override
    public long count(String prefix) {
        return core.count(prefix);
    }

    @Override
    public synchronized Entry create(String key, byte[] value) {
        return write(Writes.create(current(key), key, value, next())).entry();
    }

    @Override
    public synchronized Entry update(String key, byte[] value, long expectedModRevision) {
        return write(Writes.update(current(key), key, value, expectedModRevision, next())).entry();
    }

    @Override
    public synchronized long delete(String key, long expectedModRevision) {
        return write(Writes.delete(current(key), key, expectedModRevision, next())).revision();
    }

    private Optional<Entry> current(String key) {
        core.checkOpen();
        return core.newest(key);
    }

    private long next() {
        return core.revision() + 1;
    }

    private Event write(Event event) {
        core.apply(List.of(event), event.revision());
        return event;
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        return core.watch(prefix, afterRevision);
    }

    @Override
    public void compact(long revision) {
        core.compact(revision, dropped -> {});
    }

    @Override
    public long historyExcess(long bytes) {
        return core.historyExcess(bytes);
    }

    @Override
    public long compactedRevision() {
        core.checkOpen();
        return core.compacted();
    }

    @Override
    public void close() {
        core.close();
    }
}
