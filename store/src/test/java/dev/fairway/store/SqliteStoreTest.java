package dev.fairway.store;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends ConcurrencyContract {

    @TempDir
    Path temp;

    private Path directory;

    @Override
    Store open() {
        directory = temp.resolve("data");
        return SqliteStore.open(directory, WATCH_CAPACITY);
    }

    private void reopen() {
        store.close();
        store = SqliteStore.open(directory, WATCH_CAPACITY);
    }

    private long query(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + SqliteStore.databaseIn(directory));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + SqliteStore.databaseIn(directory));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void everythingIsThereAfterAReopen() throws Exception {
        Entry a = store.create("/a", bytes("one"));
        Entry b = store.create("/b", new byte[0]);
        Entry a2 = store.update("/a", bytes("two"), a.modRevision());
        long gone = store.delete("/b", b.modRevision());
        reopen();
        assertEquals(gone, store.revision());
        assertEquals(List.of(a2), store.list("", "", 0, 0).entries());
        assertEquals(List.of(a, b), store.list("", "", 0, b.modRevision()).entries());
        try (Watch watch = store.watch("", b.modRevision())) {
            assertEquals(Event.put(a2, a), next(watch));
            assertEquals(Event.delete(b, gone), next(watch));
        }
        assertEquals(gone + 1, store.create("/c", bytes("three")).modRevision());
    }

    @Test
    void noRevisionIsUsedAgainWhenTheNewestWriteWasCompactedAway() {
        Entry a = store.create("/a", bytes("one"));
        long gone = store.delete("/a", a.modRevision());
        store.compact(gone);
        reopen();
        assertEquals(gone, store.revision());
        assertEquals(gone, store.compactedRevision());
        assertEquals(gone + 1, store.create("/a", bytes("two")).modRevision());
    }

    @Test
    void compactionFreesRows() throws Exception {
        Entry entry = store.create("/a", bytes("0"));
        for (int i = 1; i < 1_000; i++) {
            entry = store.update("/a", bytes("" + i), entry.modRevision());
        }
        Entry b = store.create("/b", bytes("b"));
        store.delete("/b", b.modRevision());
        store.compact(store.revision());
        store.close();
        // A close does not wait for old rows to go; what it leaves, the next open finds.
        store = SqliteStore.open(directory);
        until("only the live row is left", () -> {
            try {
                return query("SELECT count(*) FROM writes") == 1;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertEquals(List.of(entry), store.list("", "", 0, 0).entries());
    }

    @Test
    void aSecondProcessIsRefused() {
        StoreException refused = assertThrows(StoreException.class, () -> SqliteStore.open(directory));
        assertTrue(refused.getMessage().contains("in use"), refused.getMessage());
    }

    @Test
    void onlyTheOwnerMayRead() throws Exception {
        store.create("/a", bytes("secret"));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
        List<String> modes = new ArrayList<>();
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                modes.add(file.getFileName() + " " + PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
        assertTrue(modes.size() >= 3, modes.toString());
        assertTrue(modes.stream().allMatch(mode -> mode.endsWith(" rw-------")), modes.toString());
    }

    @Test
    void aLaterSchemaIsRefusedByItsVersion() throws Exception {
        store.close();
        execute("PRAGMA user_version = 99");
        StoreException refused = assertThrows(StoreException.class, () -> SqliteStore.open(directory));
        assertTrue(refused.getMessage().contains("schema version 99"), refused.getMessage());
    }

    @Test
    void aForeignDatabaseIsLeftAlone() throws Exception {
        Path foreign = temp.resolve("foreign");
        Files.createDirectory(foreign);
        directory = foreign;
        execute("CREATE TABLE theirs (x)");
        StoreException refused = assertThrows(StoreException.class, () -> SqliteStore.open(foreign));
        assertTrue(refused.getMessage().contains("another program"), refused.getMessage());
        assertEquals(1, query("SELECT count(*) FROM sqlite_schema"));
    }

    @Test
    void aFileOfGarbageIsRefusedWithItsName() throws Exception {
        Path broken = temp.resolve("broken");
        Files.createDirectory(broken);
        Files.writeString(SqliteStore.databaseIn(broken), "this is no database at all".repeat(200));
        StoreException refused = assertThrows(StoreException.class, () -> SqliteStore.open(broken));
        assertTrue(refused.getMessage().contains("broken"), refused.getMessage());
        // And its lock is free again.
        Files.delete(SqliteStore.databaseIn(broken));
        SqliteStore.open(broken).close();
    }

    @Test
    void aBitThatTheDiskHasChangedIsNoticed() throws Exception {
        byte[] value = bytes("something that stands in the file as it is".repeat(100));
        Entry good = store.create("/a", value);
        store.close();
        Path file = SqliteStore.databaseIn(directory);
        byte[] bytes = Files.readAllBytes(file);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("something that stands");
        bytes[at + 5] ^= 1;
        Files.write(file, bytes);
        assertTrue(assertThrows(StoreException.class, () -> SqliteStore.open(directory)).getMessage().contains("/a"));
        assertThrows(StoreException.class, () -> SqliteStore.backup(directory, OutputStream.nullOutputStream()));
        bytes[at + 5] ^= 1;
        Files.write(file, bytes);
        store = SqliteStore.open(directory);
        assertEquals(good, store.get("/a").orElseThrow());
    }

    @Test
    void anEmptyFileIsNotTakenForANewStore() throws Exception {
        store.create("/a", bytes("one"));
        store.close();
        Files.write(SqliteStore.databaseIn(directory), new byte[0]);
        assertTrue(assertThrows(StoreException.class, () -> SqliteStore.open(directory)).getMessage().contains("empty"));
        assertThrows(StoreException.class, () -> SqliteStore.backup(directory, OutputStream.nullOutputStream()));
    }

    @Test
    void aStoreWithoutChecksumsIsTakenOver() throws Exception {
        Entry a = store.create("/a", bytes("one"));
        store.close();
        execute("ALTER TABLE writes DROP COLUMN sum");
        execute("PRAGMA user_version = 1");
        store = SqliteStore.open(directory, WATCH_CAPACITY);
        Entry b = store.create("/b", bytes("two"));
        reopen();
        assertEquals(List.of(a, b), store.list("", "", 0, 0).entries());
        assertEquals(2, query("PRAGMA user_version"));
    }

    /** What is refused leaves no trace; what was acknowledged stays; and work goes on when there is room again. */
    @Test
    void aFullDiskIsSurvived(@TempDir Path mountPoint) throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=2m", "none", mountPoint.toString());
        try {
            Path ballast = Files.write(mountPoint.resolve("ballast"), new byte[512 << 10]);
            int written = 0;
            try (Store full = SqliteStore.open(mountPoint.resolve("data"))) {
                StoreException refused = null;
                while (refused == null) {
                    try {
                        full.create("/k/" + written, new byte[20_000]);
                        written++;
                    } catch (StoreException e) {
                        refused = e;
                    }
                }
                assertTrue(refused.getMessage().contains("full"), refused.getMessage());
                assertThrows(StoreException.class, () -> full.create("/again", new byte[20_000]));
                assertEquals(written, full.count(""));
                Files.delete(ballast);
                full.create("/after", bytes("x"));
            }
            try (Store again = SqliteStore.open(mountPoint.resolve("data"))) {
                assertEquals(written, again.count("/k/"));
                assertTrue(again.get("/after").isPresent());
                assertTrue(again.get("/again").isEmpty());
            }
        } finally {
            run("umount", "-l", mountPoint.toString());
        }
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertEquals(0, process.waitFor(), String.join(" ", command));
    }
}
