package dev.fairway.store;

import static dev.fairway.store.StoreContract.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {

    @TempDir
    Path temp;

    private static byte[] backup(Store store) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Backup.write(store, out);
        return out.toByteArray();
    }

    private static MemoryStore filled() {
        MemoryStore store = new MemoryStore();
        for (int i = 0; i < 1_200; i++) {
            store.create("/k/" + i, bytes("v" + i));
        }
        for (int i = 0; i < 1_200; i += 3) {
            store.update("/k/" + i, bytes("changed"), store.get("/k/" + i).orElseThrow().modRevision());
        }
        store.delete("/k/1", store.get("/k/1").orElseThrow().modRevision());
        store.create("/empty", new byte[0]);
        return store;
    }

    @Test
    void whatIsRestoredIsWhatWasThere() throws Exception {
        try (MemoryStore store = filled()) {
            byte[] backup = backup(store);
            Backup.Summary summary = SqliteStore.restore(new ByteArrayInputStream(backup), temp.resolve("data"));
            assertEquals(new Backup.Summary(store.revision(), 1_200), summary);
            try (Store restored = SqliteStore.open(temp.resolve("data"))) {
                assertEquals(store.list("", "", 0, 0).entries(), restored.list("", "", 0, 0).entries());
                assertTrue(restored.revision() > store.revision() + 100_000);
                Entry next = restored.create("/new", bytes("x"));
                assertEquals(restored.revision(), next.modRevision());
                assertThrows(CompactedException.class, () -> restored.watch("", store.revision()));
            }
            try (Store again = SqliteStore.open(temp.resolve("data"))) {
                assertEquals(1_201, again.count(""));
            }
        }
    }

    @Test
    void aBackupFitsAnySortOfStore() throws Exception {
        try (MemoryStore store = filled(); MemoryStore other = new MemoryStore()) {
            Backup.restore(new ByteArrayInputStream(backup(store)), other);
            assertEquals(store.list("", "", 0, 0).entries().stream().map(e -> e.key() + StoreContract.text(e)).toList(),
                    other.list("", "", 0, 0).entries().stream().map(e -> e.key() + StoreContract.text(e)).toList());
            assertThrows(StoreException.class, () -> Backup.restore(new ByteArrayInputStream(backup(store)), other));
        }
    }

    @Test
    void aBackupIsOneSnapshotThoughWritersGoOn() throws Exception {
        try (MemoryStore store = filled()) {
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20_000; i++) {
                    Entry now = store.get("/k/" + (i % 1_200 / 3 * 3)).orElseThrow();
                    store.update(now.key(), bytes("later " + i), now.modRevision());
                }
            });
            byte[] backup = backup(store);
            writer.join();
            List<Entry> entries = new ArrayList<>();
            Backup.Summary summary = Backup.read(new ByteArrayInputStream(backup), entries::add);
            assertEquals(store.list("", "", 0, summary.revision()).entries(), entries);
        }
    }

    @Test
    void aStoreInUseIsBackedUpFromBeside() throws Exception {
        try (Store store = SqliteStore.open(temp.resolve("data"))) {
            Entry a = store.create("/a", bytes("one"));
            Entry b = store.create("/b", bytes("two"));
            store.compact(b.modRevision());
            Entry a2 = store.update("/a", bytes("three"), a.modRevision());
            long deleted = store.delete("/b", b.modRevision());
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertEquals(new Backup.Summary(deleted, 1), SqliteStore.backup(temp.resolve("data"), out));
            List<Entry> entries = new ArrayList<>();
            Backup.read(new ByteArrayInputStream(out.toByteArray()), entries::add);
            assertEquals(List.of(a2), entries);
            store.create("/c", bytes("the store goes on"));
        }
        assertThrows(StoreException.class, () -> SqliteStore.backup(temp.resolve("absent"), new ByteArrayOutputStream()));
    }

    @Test
    void aStoreIsNotOverwritten() throws Exception {
        SqliteStore.open(temp.resolve("data")).close();
        try (MemoryStore store = filled()) {
            byte[] backup = backup(store);
            assertTrue(assertThrows(StoreException.class, () ->
                    SqliteStore.restore(new ByteArrayInputStream(backup), temp.resolve("data"))).getMessage().contains("already"));
        }
    }

    @Test
    void aDamagedBackupLeavesNothingBehind() throws Exception {
        try (MemoryStore store = filled()) {
            byte[] good = backup(store);
            long seed = System.nanoTime();
            Random random = new Random(seed);
            for (int round = 0; round < 60; round++) {
                byte[] bad = round % 2 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
                if (round % 2 == 1) {
                    bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
                }
                assertThrows(IOException.class, () -> Backup.read(new ByteArrayInputStream(bad), entry -> {}),
                        () -> "seed " + seed);
                if (round < 6) {
                    Path directory = temp.resolve("bad");
                    assertThrows(IOException.class, () -> SqliteStore.restore(new ByteArrayInputStream(bad), directory));
                    assertFalse(Files.exists(SqliteStore.databaseIn(directory)));
                }
            }
        }
    }
}
