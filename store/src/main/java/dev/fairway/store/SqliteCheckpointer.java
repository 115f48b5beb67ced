package dev.fairway.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Semaphore;

/**
 * Moves the write-ahead log into the database, on a connection and a thread of its own, so that commits wait for the
 * log's fsync only (<a href="https://www.sqlite.org/c3ref/wal_checkpoint_v2.html">checkpoint modes</a>).
 */
final class SqliteCheckpointer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SqliteCheckpointer.class.getName());

    /** Bytes in the log beyond which the writer has to wait while it is emptied. */
    static final long LOG_LIMIT = 64L << 20;

    /** Bytes written between two checkpoints. */
    private static final long INTERVAL = 8L << 20;

    private final Semaphore wanted = new Semaphore(0);
    private final Connection connection;
    private final int pageSize;
    private final Thread thread;
    private long written;
    private volatile boolean closing;

    SqliteCheckpointer(Path path) throws SQLException {
        connection = SqliteFile.connect(path);
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA page_size")) {
            rows.next();
            pageSize = rows.getInt(1);
        }
        thread = Thread.ofPlatform().daemon().name("store-checkpoint").start(this::run);
    }

    /** Counts what the writer has committed; called by the writer only. */
    void written(long bytes) {
        written += bytes;
        if (written > INTERVAL) {
            written = 0;
            wanted.release();
        }
    }

    private void run() {
        while (true) {
            wanted.acquireUninterruptibly();
            wanted.drainPermits();
            if (closing) {
                return;
            }
            try {
                if (checkpoint("PASSIVE") * pageSize > LOG_LIMIT) {
                    checkpoint("RESTART");
                }
            } catch (SQLException e) {
                // The log goes on growing and holds everything; the next interval tries again.
                LOG.log(System.Logger.Level.WARNING, "store checkpoint failed: " + e.getMessage());
            }
        }
    }

    /** The number of pages in the log. */
    private long checkpoint(String mode) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
            rows.next();
            return rows.getLong(2);
        }
    }

    @Override
    public void close() throws SQLException {
        closing = true;
        wanted.release();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        connection.close();
    }
}
