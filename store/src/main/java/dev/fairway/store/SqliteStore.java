package dev.fairway.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The embedded store: a SQLite database in a directory of its own. A write is on the disk before its call returns;
 * reads and watches are served from memory.
 */
public final class SqliteStore implements Store {

    private static final System.Logger LOG = System.getLogger(SqliteStore.class.getName());

    private final DirectoryLock lock;
    private final SqliteFile file;
    private final SqliteCheckpointer checkpointer;
    private final MvccCore core;
    private final GroupCommit writer;
    private boolean closed;

    private SqliteStore(DirectoryLock lock, SqliteFile file, SqliteCheckpointer checkpointer,
            SqliteFile.Contents contents, int watchCapacity) {
        this.lock = lock;
        this.file = file;
        this.checkpointer = checkpointer;
        this.core = new MvccCore(contents.revision(), contents.compacted(), watchCapacity,
                contents.live(), contents.events());
        this.writer = new GroupCommit(file, checkpointer, core);
        if (!contents.unneeded().isEmpty()) {
            writer.discard(contents.unneeded());
        }
    }

    /**
     * Opens the store in {@code directory}, and makes both where there is none. Only their owner may read them.
     *
     * @throws StoreException if another process uses the directory, the file is not ours or cannot be read
     */
    public static SqliteStore open(Path directory) {
        return open(directory, MemoryStore.DEFAULT_WATCH_CAPACITY);
    }

    /**
     * Opens the store.
     *
     * @param watchCapacity how many events may wait for the reader of one watch
     * @see #open(Path)
     */
    public static SqliteStore open(Path directory, int watchCapacity) {
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            DirectoryLock lock = DirectoryLock.acquire(directory);
            opened.addFirst(lock);
            SqliteFile file = SqliteFile.open(databaseIn(directory));
            opened.addFirst(file);
            SqliteFile.Contents contents = file.read();
            SqliteCheckpointer checkpointer = new SqliteCheckpointer(file.path());
            return new SqliteStore(lock, file, checkpointer, contents, watchCapacity);
        } catch (IOException | SQLException | StoreException e) {
            StoreException reason = e instanceof StoreException known
                    ? known : new StoreException("cannot open the store in " + directory + ": " + e, e);
            opened.forEach(resource -> {
                try {
                    resource.close();
                } catch (Exception late) {
                    reason.addSuppressed(late);
                }
            });
            throw reason;
        }
    }

    static Path databaseIn(Path directory) {
        return directory.resolve("store.db");
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
    public Entry create(String key, byte[] value) {
        return writer.write(key, (current, revision) -> Writes.create(current, key, value, revision)).entry();
    }

    @Override
    public Entry update(String key, byte[] value, long expectedModRevision) {
        return writer.write(key, (current, revision) ->
                Writes.update(current, key, value, expectedModRevision, revision)).entry();
    }

    @Override
    public long delete(String key, long expectedModRevision) {
        return writer.write(key, (current, revision) ->
                Writes.delete(current, key, expectedModRevision, revision)).revision();
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        return core.watch(prefix, afterRevision);
    }

    @Override
    public synchronized void compact(long revision) {
        core.checkCompaction(revision);
        writer.noteCompaction(revision);
        core.compact(revision, dropped -> writer.discard(unreachable(dropped)));
    }

    private static List<Long> unreachable(List<Event> dropped) {
        List<Long> revisions = new ArrayList<>();
        for (Event event : dropped) {
            event.previous().ifPresent(previous -> revisions.add(previous.modRevision()));
            if (event.type() == Event.Type.DELETE) {
                revisions.add(event.revision());
            }
        }
        return revisions;
    }

    @Override
    public long compactedRevision() {
        core.checkOpen();
        return core.compacted();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        writer.close();
        core.close();
        try (lock; file; checkpointer) {
            LOG.log(System.Logger.Level.DEBUG, "closing {0}", file.path());
        } catch (IOException | SQLException e) {
            throw new StoreException("cannot close " + file.path() + ": " + e.getMessage(), e);
        }
    }
}
