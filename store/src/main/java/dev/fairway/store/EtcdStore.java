package dev.fairway.store;

import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/**
 * A store on an etcd cluster (v3), which several servers can share. Writes are transactions on etcd. Reads of the newest
 * state ask a majority of etcd's members; watches, and lists where they can, are served from memory.
 */
public final class EtcdStore implements Store {

    /** How long a list waits for the copy in memory before it is read from etcd itself. */
    private static final Duration COPY_LAG = Duration.ofMillis(50);

    private final EtcdCalls calls;
    private final EtcdFeed feed;
    private final EtcdProgress progress;
    private volatile boolean closed;

    private EtcdStore(EtcdCalls calls, EtcdOptions options) {
        this.calls = calls;
        this.feed = new EtcdFeed(calls, options.watchCapacity());
        this.progress = new EtcdProgress(calls, feed);
    }

    /**
     * Connects.
     *
     * @throws StoreException if etcd cannot be reached or a certificate cannot be read
     */
    public static EtcdStore open(EtcdOptions options) {
        EtcdCalls calls;
        try {
            calls = new EtcdCalls(options);
        } catch (SSLException | IllegalArgumentException e) {
            throw new StoreException("etcd: cannot use the certificates: " + e.getMessage(), e);
        }
        try {
            calls.readOffset();
            EtcdStore store = new EtcdStore(calls, options);
            store.progress.reach(calls.touchProgress());
            return store;
        } catch (StoreException e) {
            calls.close();
            throw new StoreException("cannot use " + options.endpoints().stream().map(URI::toString).collect(Collectors.joining(", "))
                    + ": " + e.getMessage(), e);
        }
    }

    /**
     * Creates the entries of a backup where there are none, with new revisions: all are greater than those of the backup,
     * and than those that were made after it, so that none that a client may have seen comes again with other content.
     *
     * @param revision the backup's
     * @throws StoreException when there are entries already, or etcd cannot be written
     * @throws IOException    as {@link Backup#read}; nothing is left behind then
     */
    public static Backup.Summary restore(InputStream backup, long revision, EtcdOptions options) throws IOException {
        try (EtcdStore store = open(options)) {
            if (store.count("") > 0) {
                throw new StoreException("there are objects in etcd already, below " + options.prefix());
            }
            store.calls.raiseRevisions(revision + Backup.REVISION_GAP);
        }
        // Its revisions are the new ones from the start.
        try (EtcdStore store = open(options)) {
            try {
                return Backup.restore(backup, store);
            } catch (IOException | StoreException e) {
                store.clearAfter(e);
                throw e;
            }
        }
    }

    private void clearAfter(Exception failure) {
        try {
            calls.clear();
        } catch (StoreException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public long revision() {
        checkOpen();
        return calls.revision();
    }

    @Override
    public Optional<Entry> get(String key) {
        checkOpen();
        List<KeyValue> found = calls.get(calls.key(key), GetOption.DEFAULT).getKvs();
        return found.isEmpty() ? Optional.empty() : Optional.of(calls.entry(found.getFirst()));
    }

    @Override
    public Page list(String prefix, String startKey, int limit, long revision) {
        checkOpen();
        if (limit < 0) {
            throw new IllegalArgumentException("limit " + limit + " is negative");
        }
        MvccCore core = feed.core();
        if (revision == 0) {
            long newest = calls.revision();
            if (feed.await(newest, COPY_LAG)) {
                return feed.core().list(prefix, startKey, limit, 0);
            }
        } else if (revision <= core.revision()) {
            return core.list(prefix, startKey, limit, revision);
        }
        return listFromEtcd(prefix, startKey, limit, revision);
    }

    private Page listFromEtcd(String prefix, String startKey, int limit, long revision) {
        if (revision != 0 && revision < calls.fromEtcd(1)) {
            throw new CompactedException(revision, feed.core().compacted());
        }
        String first = startKey.compareTo(prefix) > 0 ? startKey : prefix;
        String end = VersionIndex.endOf(prefix);
        if (end != null && first.compareTo(end) >= 0) {
            return new Page(List.of(), revision == 0 ? calls.revision() : revision, false, 0);
        }
        try {
            GetResponse answer = calls.get(calls.key(first), GetOption.builder().withRange(calls.endOf(prefix))
                    .withRevision(revision == 0 ? 0 : calls.toEtcd(revision)).withLimit(limit).build());
            List<Entry> entries = answer.getKvs().stream().map(calls::entry).toList();
            return new Page(entries, revision == 0 ? calls.fromEtcd(answer.getHeader().getRevision()) : revision, answer.isMore(),
                    answer.getCount() - entries.size());
        } catch (StoreException e) {
            if (EtcdCalls.isFuture(e)) {
                throw new FutureRevisionException(revision, calls.revision());
            }
            if (EtcdCalls.isCompacted(e)) {
                throw new CompactedException(revision, feed.core().compacted());
            }
            throw e;
        }
    }

    @Override
    public long count(String prefix) {
        checkOpen();
        return calls.get(calls.key(prefix), GetOption.builder().withRange(calls.endOf(prefix)).withCountOnly(true).build())
                .getCount();
    }

    @Override
    public Entry create(String key, byte[] value) {
        return put(key, value, 0);
    }

    @Override
    public Entry update(String key, byte[] value, long expectedModRevision) {
        if (expectedModRevision <= 0) {
            throw new RevisionConflictException(key, expectedModRevision, get(key));
        }
        return put(key, value, expectedModRevision);
    }

    private Entry put(String key, byte[] value, long expected) {
        checkOpen();
        Op op = calls.put(key, value);
        boolean[] asked = new boolean[1];
        return calls.retrying(left -> {
            boolean again = asked[0];
            asked[0] = true;
            TxnResponse answer = calls.ifAt(key, expected, op);
            if (answer.isSucceeded()) {
                long revision = calls.fromEtcd(answer.getHeader().getRevision());
                long created = expected == 0 ? revision
                        : calls.fromEtcd(answer.getPutResponses().getFirst().getPrevKv().getCreateRevision());
                return new Entry(key, value, created, revision);
            }
            Optional<Entry> current = current(answer);
            // The first try may have been carried out although its answer was lost.
            if (again && current.isPresent() && Arrays.equals(current.get().value(), value)) {
                return current.get();
            }
            if (expected == 0) {
                throw new KeyExistsException(key);
            }
            throw new RevisionConflictException(key, expected, current);
        });
    }

    @Override
    public long delete(String key, long expectedModRevision) {
        checkOpen();
        if (expectedModRevision <= 0) {
            throw new RevisionConflictException(key, expectedModRevision, get(key));
        }
        Op op = calls.delete(key);
        boolean[] asked = new boolean[1];
        return calls.retrying(left -> {
            boolean again = asked[0];
            asked[0] = true;
            TxnResponse answer = calls.ifAt(key, expectedModRevision, op);
            if (answer.isSucceeded()) {
                return calls.fromEtcd(answer.getHeader().getRevision());
            }
            Optional<Entry> current = current(answer);
            if (again && current.isEmpty()) {
                Optional<Long> removed = removal(key, expectedModRevision, calls.fromEtcd(answer.getHeader().getRevision()));
                if (removed.isPresent()) {
                    return removed.get();
                }
            }
            throw new RevisionConflictException(key, expectedModRevision, current);
        });
    }

    /** The revision at which a version of a key was removed, by us or by anybody. */
    private Optional<Long> removal(String key, long expected, long newest) {
        progress.reach(newest);
        try (Watch history = feed.core().watchFrom(key, expected)) {
            for (Event event = history.poll(Duration.ZERO); event != null; event = history.poll(Duration.ZERO)) {
                if (event.entry().key().equals(key)) {
                    return event.type() == Event.Type.DELETE ? Optional.of(event.revision()) : Optional.empty();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private Optional<Entry> current(TxnResponse answer) {
        List<KeyValue> found = answer.getGetResponses().getFirst().getKvs();
        return found.isEmpty() ? Optional.empty() : Optional.of(calls.entry(found.getFirst()));
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        checkOpen();
        MvccCore core = feed.core();
        if (afterRevision > core.revision()) {
            long newest = calls.revision();
            if (afterRevision > newest) {
                throw new FutureRevisionException(afterRevision, newest);
            }
        }
        return progress.wrap(core.watchFrom(prefix, afterRevision));
    }

    @Override
    public void compact(long revision) {
        checkOpen();
        progress.reach(calls.revision());
        MvccCore core = feed.core();
        core.checkCompaction(revision);
        calls.compact(revision);
        core.compact(revision, dropped -> {});
    }

    @Override
    public long historyExcess(long bytes) {
        return feed.core().historyExcess(bytes);
    }

    @Override
    public long compactedRevision() {
        checkOpen();
        return feed.core().compacted();
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreException("the store is closed");
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        progress.close();
        feed.close();
        calls.close();
    }
}
