package dev.fairway.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
            SqliteLibrary.unpackIn(directory);
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

    /**
     * Backs up the store in a directory, be it in use or not.
     *
     * @throws StoreException when there is no store, or it cannot be read
     * @throws IOException    when {@code out} cannot be written
     */
    public static Backup.Summary backup(Path directory, OutputStream out) throws IOException {
        Path file = databaseIn(directory);
        if (!Files.exists(file)) {
            throw new StoreException("there is no store in " + directory);
        }
        try {
            SqliteFile.Contents contents = SqliteFile.readBeside(file);
            Map<String, Entry> entries = new TreeMap<>();
            contents.live().forEach(entry -> entries.put(entry.key(), entry));
            for (Event event : contents.events()) {
                switch (event.type()) {
                    case PUT -> entries.put(event.entry().key(), event.entry());
                    case DELETE -> entries.remove(event.entry().key());
                    case PROGRESS -> throw new IllegalStateException("a progress notification in the store");
                }
            }
            return Backup.write(contents.revision(), entries.values(), out);
        } catch (SQLException e) {
            throw new StoreException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Makes a store from a backup, where there is none. Entries keep their revisions; new writes begin far behind them,
     * so that no revision that a client may have seen after the backup comes again with other content.
     *
     * @throws StoreException when there is a store already
     * @throws IOException    as {@link Backup#read}; nothing is left behind then
     */
    public static Backup.Summary restore(InputStream backup, Path directory) throws IOException {
        Path target = databaseIn(directory);
        try (var _ = DirectoryLock.acquire(directory)) {
            if (Files.exists(target)) {
                throw new StoreException("there is a store in " + directory + " already");
            }
            Path temporary = directory.resolve("restore.db");
            try {
                Backup.Summary summary = fill(backup, temporary);
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
                return summary;
            } catch (SQLException e) {
                throw new StoreException("cannot restore to " + directory + ": " + e.getMessage(), e);
            } finally {
                Files.deleteIfExists(temporary);
            }
        }
    }

    private static Backup.Summary fill(InputStream backup, Path path) throws IOException, SQLException {
        Files.deleteIfExists(path);
        try (SqliteFile file = SqliteFile.open(path)) {
            List<Entry> entries = new ArrayList<>();
            Backup.Summary summary = Backup.read(backup, entries::add);
            entries.sort(Comparator.comparingLong(Entry::modRevision));
            file.insert(entries.stream().map(entry -> Event.put(entry, null)).toList());
            // History ends here: the events between the entries' revisions are not known.
            file.setCompacted(summary.revision() + Backup.REVISION_GAP);
            return summary;
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
    public long historyExcess(long bytes) {
        return core.historyExcess(bytes);
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
