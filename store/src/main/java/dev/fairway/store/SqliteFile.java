package dev.fairway.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * The database file of a {@link SqliteStore}: one row per write, as a log, keyed by revision.
 *
 * <p>Used by one thread at a time. A write returns when the write-ahead log is on the disk
 * (<a href="https://www.sqlite.org/pragma.html#pragma_synchronous">synchronous=FULL</a>).
 */
final class SqliteFile implements AutoCloseable {

    /** The layout of the tables; a file of a later layout is refused. */
    static final int SCHEMA_VERSION = 2;

    /** Without checksums of the rows. */
    private static final int SCHEMA_WITHOUT_SUMS = 1;

    /** "FWST": marks the file as ours in its header. */
    private static final int APPLICATION_ID = 0x46575354;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /**
     * What the file held when it was opened.
     *
     * @param live      the entries at {@code compacted}
     * @param events    the writes since
     * @param unneeded  revisions of rows that a compaction cut short has left behind
     */
    record Contents(long revision, long compacted, List<Entry> live, List<Event> events, List<Long> unneeded) {}

    private final Path path;
    private final Connection connection;
    private Statements statements;

    /** What is run again and again. */
    private record Statements(PreparedStatement insert, PreparedStatement delete, PreparedStatement begin, PreparedStatement commit)
            implements AutoCloseable {

        static Statements on(Connection connection) throws SQLException {
            return new Statements(
                    connection.prepareStatement("INSERT INTO writes (revision, key, value, create_revision, sum)"
                            + " VALUES (?, ?, ?, ?, ?)"),
                    connection.prepareStatement("DELETE FROM writes WHERE revision = ?"),
                    connection.prepareStatement("BEGIN IMMEDIATE"),
                    connection.prepareStatement("COMMIT"));
        }

        @Override
        public void close() throws SQLException {
            for (PreparedStatement each : List.of(insert, delete, begin, commit)) {
                each.close();
            }
        }
    }

    private SqliteFile(Path path, Connection connection) throws SQLException {
        this.path = path;
        this.connection = connection;
        this.statements = Statements.on(connection);
    }

    static SqliteFile open(Path path) throws SQLException, IOException {
        if (!Files.exists(path)) {
            create(path);
        }
        if (Files.size(path) == 0) {
            // SQLite would take it for a new one.
            throw new StoreException(path + " is damaged: it is empty");
        }
        Files.setPosixFilePermissions(path, OWNER_ONLY);
        Connection connection = connect(path);
        try {
            prepareSchema(path, connection);
            SqliteFile file = new SqliteFile(path, connection);
            // The names of a new database and of its log must survive a power loss as well as their contents.
            try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                directory.force(true);
            }
            return file;
        } catch (SQLException | IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Makes an empty database that is whole from the moment at which it has its name. */
    private static void create(Path path) throws SQLException, IOException {
        Path making = path.resolveSibling(path.getFileName() + ".new");
        for (String rest : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(path.resolveSibling(making.getFileName() + rest));
        }
        Files.createFile(making, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try (Connection connection = connect(making)) {
            prepareSchema(path, connection);
        }
        Files.move(making, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Reads a database without its lock, while another process writes it.
     *
     * @throws StoreException if it is none of ours
     */
    static Contents readBeside(Path path) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(60_000);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + path);
                Statement statement = connection.createStatement()) {
            requireOurs(path, number(statement, "PRAGMA user_version"), number(statement, "PRAGMA application_id"));
            // One transaction, so that all is of one moment.
            statement.execute("BEGIN");
            return read(connection);
        }
    }

    /** A connection with the settings that durability rests on. */
    static Connection connect(Path path) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setOpenMode(SQLiteOpenMode.FULLMUTEX);
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(60_000);
        // The checkpoints are made beside the writer, see SqliteCheckpointer.
        config.setPragma(SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, Long.toString(SqliteCheckpointer.LOG_LIMIT));
        Connection connection = config.createConnection("jdbc:sqlite:" + path);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_autocheckpoint = 0");
        }
        return connection;
    }

    private static void prepareSchema(Path path, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int version = number(statement, "PRAGMA user_version");
            int application = number(statement, "PRAGMA application_id");
            if (version == SCHEMA_VERSION && application == APPLICATION_ID) {
                return;
            }
            if (version == SCHEMA_WITHOUT_SUMS && application == APPLICATION_ID) {
                statement.execute("BEGIN IMMEDIATE");
                statement.execute("ALTER TABLE writes ADD COLUMN sum INTEGER");
                statement.execute("PRAGMA user_version = " + SCHEMA_VERSION);
                statement.execute("COMMIT");
                return;
            }
            if (version != 0 || application != 0 || number(statement, "SELECT count(*) FROM sqlite_schema") != 0) {
                requireOurs(path, version, application);
            }
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("PRAGMA application_id = " + APPLICATION_ID);
            statement.execute("PRAGMA user_version = " + SCHEMA_VERSION);
            statement.execute("CREATE TABLE writes (revision INTEGER PRIMARY KEY, key TEXT NOT NULL, value BLOB,"
                    + " create_revision INTEGER NOT NULL, sum INTEGER)");
            statement.execute("CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID");
            statement.execute("INSERT INTO state (name, value) VALUES ('revision', 1), ('compacted', 0)");
            statement.execute("COMMIT");
        }
    }

    private static void requireOurs(Path path, int version, int application) {
        if (application != APPLICATION_ID) {
            throw new StoreException(path + " is a database of another program");
        }
        if (version != SCHEMA_VERSION) {
            throw new StoreException(path + " has schema version " + version + ", this program knows " + SCHEMA_VERSION);
        }
    }

    private static int number(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    Path path() {
        return path;
    }

    Contents read() throws SQLException {
        return read(connection);
    }

    private static Contents read(Connection connection) throws SQLException {
        Map<String, Entry> live = new HashMap<>();
        List<Entry> atCompaction = List.of();
        List<Event> events = new ArrayList<>();
        List<Long> unneeded = new ArrayList<>();
        long revision;
        long compacted;
        try (Statement statement = connection.createStatement()) {
            revision = state(statement, "revision");
            compacted = state(statement, "compacted");
            boolean reached = false;
            try (ResultSet rows = statement.executeQuery(
                    "SELECT revision, key, value, create_revision, sum FROM writes ORDER BY revision")) {
                while (rows.next()) {
                    revision = rows.getLong(1);
                    String key = rows.getString(2);
                    byte[] value = rows.getBytes(3);
                    long sum = rows.getLong(5);
                    if (!rows.wasNull() && sum != sum(revision, key, value, rows.getLong(4))) {
                        throw new StoreException("the database is damaged: the write of revision " + revision + " to " + key
                                + " is not what was written");
                    }
                    if (revision > compacted && !reached) {
                        atCompaction = List.copyOf(live.values());
                        reached = true;
                    }
                    Entry entry = value == null ? null : new Entry(key, value, rows.getLong(4), revision);
                    Entry previous = entry == null ? live.remove(key) : live.put(key, entry);
                    if (reached) {
                        events.add(entry == null ? Event.delete(previous, revision) : Event.put(entry, previous));
                    } else {
                        if (previous != null) {
                            unneeded.add(previous.modRevision());
                        }
                        if (entry == null) {
                            unneeded.add(revision);
                        }
                    }
                }
            }
            if (!reached) {
                atCompaction = List.copyOf(live.values());
            }
        }
        return new Contents(Math.max(revision, compacted), compacted, atCompaction, events, unneeded);
    }

    /** SQLite has checksums in its log only: it would not notice a bit that the disk has changed. */
    private static long sum(long revision, String key, byte[] value, long createRevision) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(17).putLong(revision).putLong(createRevision).put((byte) (value == null ? 0 : 1)).flip());
        crc.update(key.getBytes(StandardCharsets.UTF_8));
        if (value != null) {
            crc.update(value);
        }
        return crc.getValue();
    }

    private static long state(Statement statement, String name) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT value FROM state WHERE name = '" + name + "'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Adds one row per event, in one transaction that is on the disk when this returns. */
    void insert(List<Event> events) throws SQLException {
        transaction(() -> {
            PreparedStatement insert = statements.insert();
            for (Event event : events) {
                Entry entry = event.entry();
                insert.setLong(1, event.revision());
                insert.setString(2, entry.key());
                byte[] value = event.type() == Event.Type.DELETE ? null : entry.value();
                insert.setBytes(3, value);
                insert.setLong(4, entry.createRevision());
                insert.setLong(5, sum(event.revision(), entry.key(), value, entry.createRevision()));
                insert.executeUpdate();
            }
        });
    }

    void delete(List<Long> revisions) throws SQLException {
        transaction(() -> {
            for (long revision : revisions) {
                statements.delete().setLong(1, revision);
                statements.delete().executeUpdate();
            }
        });
    }

    /** Notes how far history is gone, before its rows go. */
    void setCompacted(long revision) throws SQLException {
        setState("compacted", revision);
    }

    private void setState(String name, long value) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE state SET value = ? WHERE name = ?")) {
            update.setLong(1, value);
            update.setString(2, name);
            update.executeUpdate();
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws SQLException;
    }

    /**
     * The driver's own transactions would begin the next one at each commit, and so keep the log from being emptied.
     */
    private void transaction(Work work) throws SQLException {
        try {
            statements.begin().execute();
            work.run();
            statements.commit().execute();
        } catch (SQLException e) {
            rollBack(e);
            throw e;
        }
    }

    /** After this the next transaction can begin: the disk may have room again. */
    private void rollBack(SQLException failure) throws SQLException {
        // The driver takes one that has failed for running, and would not run it again.
        statements.close();
        try (Statement rollback = connection.createStatement()) {
            rollback.execute("ROLLBACK");
        } catch (SQLException e) {
            // SQLite has rolled back by itself after some errors; then there is nothing left to roll back.
            failure.addSuppressed(e);
        }
        statements = Statements.on(connection);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
