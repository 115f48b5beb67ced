package dev.fairway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.testkit.etcd.EtcdCertificates;
import dev.fairway.testkit.etcd.EtcdCluster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On one etcd member. Every test has a prefix of its own. */
class EtcdStoreTest extends ConcurrencyContract {

    private static EtcdCluster etcd;
    private static int stores;

    private EtcdOptions options;

    @BeforeAll
    static void startEtcd() throws Exception {
        etcd = EtcdCluster.ofMembers(1);
    }

    @AfterAll
    static void stopEtcd() throws Exception {
        etcd.close();
    }

    @Override
    Store open() {
        options = EtcdOptions.of(etcd.endpoints()).withPrefix("/test-" + stores++).withWatchCapacity(WATCH_CAPACITY);
        return EtcdStore.open(options);
    }

    @Override
    int writes() {
        return 200;
    }

    @Test
    void twoServersOfOneEtcdSeeOneStore() throws Exception {
        try (Store other = EtcdStore.open(options); Watch watch = other.watch("", other.revision())) {
            Entry a = store.create("/a", bytes("one"));
            assertEquals(Optional.of(a), other.get("/a"));
            assertEquals(List.of(a), other.list("", "", 0, 0).entries());
            assertEquals(a, next(watch).entry());
            assertThrows(KeyExistsException.class, () -> other.create("/a", bytes("two")));
            Entry a2 = other.update("/a", bytes("two"), a.modRevision());
            assertThrows(RevisionConflictException.class, () -> store.update("/a", bytes("three"), a.modRevision()));
            // A client may bring a revision from one server to the other.
            try (Watch resumed = store.watch("", a2.modRevision()); Watch earlier = store.watch("", a.modRevision())) {
                long deleted = store.delete("/a", a2.modRevision());
                assertEquals(deleted, next(resumed).revision());
                assertEquals(a2, next(earlier).entry());
            }
            assertEquals(List.of(a2), other.list("", "", 0, a2.modRevision()).entries());
        }
    }

    @Test
    void aWatchOfAnEarlierServerGoesOnAtALaterOne() throws Exception {
        Entry a = store.create("/a", bytes("one"));
        Entry b = store.create("/b", bytes("two"));
        store.close();
        store = EtcdStore.open(options);
        try (Watch watch = store.watch("", a.modRevision())) {
            assertEquals(b, next(watch).entry());
        }
    }

    @Test
    void historyThatAnotherServerCompactedIsNotMissedAtTheStart() {
        Entry a = store.create("/a", bytes("one"));
        Entry a2 = store.update("/a", bytes("two"), a.modRevision());
        store.compact(a2.modRevision());
        try (Store other = EtcdStore.open(options)) {
            assertEquals(a2.modRevision(), other.compactedRevision());
            assertEquals(List.of(a2), other.list("", "", 0, 0).entries());
            assertThrows(CompactedException.class, () -> other.watch("", a.modRevision()));
        }
    }

    @Test
    void whatOthersKeepInEtcdIsNotSeen() {
        try (Store other = EtcdStore.open(options.withPrefix(options.prefix() + "-other"))) {
            Entry theirs = other.create("/a", bytes("theirs"));
            assertEquals(Optional.empty(), store.get("/a"));
            assertEquals(0, store.list("", "", 0, 0).entries().size());
            assertTrue(store.create("/a", bytes("ours")).modRevision() > theirs.modRevision());
        }
    }

    @Test
    void anUnreachableEtcdIsReported() {
        EtcdOptions nowhere = EtcdOptions.of(List.of(URI.create("http://127.0.0.1:1"))).withTimeout(Duration.ofSeconds(1));
        assertTrue(assertThrows(StoreException.class, () -> EtcdStore.open(nowhere)).getMessage()
                .matches("cannot use http://127.0.0.1:1: etcd: .*Connection refused.*"));
    }

    @Test
    void wrongOptionsAreNamed() {
        assertThrows(IllegalArgumentException.class, () -> EtcdOptions.of(List.of()));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> EtcdOptions.of(List.of(URI.create("ftp://127.0.0.1:1")))).getMessage().contains("ftp://"));
        EtcdOptions plain = EtcdOptions.of(List.of(URI.create("http://127.0.0.1:1")));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> plain.withTls(EtcdOptions.Tls.SYSTEM)).getMessage().contains("certificate"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> EtcdOptions.of(
                List.of(URI.create("https://127.0.0.1:1"), URI.create("http://127.0.0.1:2")))).getMessage().contains(":2"));
        assertThrows(IllegalArgumentException.class, () -> plain.withPrefix("none"));
        assertThrows(IllegalArgumentException.class, () -> plain.withPrefix("/"));
    }

    @Test
    void etcdIsReachedOverTlsByThoseThatItKnows(@TempDir Path directory) throws Exception {
        EtcdCertificates server = EtcdCertificates.make(directory, "server");
        EtcdCertificates client = EtcdCertificates.make(directory, "client");
        EtcdCertificates stranger = EtcdCertificates.make(directory, "stranger");
        try (EtcdCluster secured = EtcdCluster.secured(server, client)) {
            EtcdOptions known = EtcdOptions.of(secured.endpoints()).withTls(tls(server, client));
            try (Store first = EtcdStore.open(known)) {
                Entry a = first.create("/a", bytes("one"));
                try (Store second = EtcdStore.open(known)) {
                    assertEquals(Optional.of(a), second.get("/a"));
                }
            }
            EtcdOptions unbelieved = known.withTls(tls(stranger, client)).withTimeout(Duration.ofSeconds(1));
            assertTrue(assertThrows(StoreException.class, () -> EtcdStore.open(unbelieved)).getMessage().contains("certif"));
            EtcdOptions unknown = known.withTls(tls(server, stranger)).withTimeout(Duration.ofSeconds(1));
            assertThrows(StoreException.class, () -> EtcdStore.open(unknown));
        }
    }

    private static EtcdOptions.Tls tls(EtcdCertificates authority, EtcdCertificates own) {
        return new EtcdOptions.Tls(Optional.of(authority.certificate()), Optional.of(own.certificate()), Optional.of(own.key()));
    }

    @Test
    void revisionsGoOnBehindThoseOfARestoredBackup() throws Exception {
        ByteArrayOutputStream backup = new ByteArrayOutputStream();
        long before;
        try (Store old = new MemoryStore()) {
            for (int i = 0; i < 300; i++) {
                Entry entry = old.create("/k/" + i, bytes("v" + i));
                old.update("/k/" + i, bytes("w" + i), entry.modRevision());
            }
            before = old.revision();
            Backup.write(old, backup);
        }
        EtcdOptions empty = options.withPrefix(options.prefix() + "-restored");
        byte[] file = backup.toByteArray();
        assertEquals(new Backup.Summary(before, 300), EtcdStore.restore(new ByteArrayInputStream(file), before, empty));
        assertThrows(StoreException.class, () -> EtcdStore.restore(new ByteArrayInputStream(file), before, empty));
        try (Store restored = EtcdStore.open(empty); Store other = EtcdStore.open(empty)) {
            assertTrue(restored.revision() > before + 100_000);
            assertThrows(CompactedException.class, () -> restored.watch("", before));
            assertThrows(CompactedException.class, () -> restored.list("", "", 0, before));
            List<Entry> entries = restored.list("", "", 0, 0).entries();
            assertEquals(300, entries.size());
            Entry first = entries.getFirst();
            assertTrue(first.modRevision() > before, first.toString());
            assertEquals(Optional.of(first), other.get(first.key()));
            try (Watch watch = other.watch("", restored.revision())) {
                Entry changed = restored.update(first.key(), bytes("changed"), first.modRevision());
                assertEquals(changed, next(watch).entry());
                assertEquals(List.of(changed), other.list(first.key(), "", 1, changed.modRevision()).entries());
                assertThrows(RevisionConflictException.class, () -> other.update(first.key(), bytes("late"), first.modRevision()));
                long deleted = other.delete(first.key(), changed.modRevision());
                assertEquals(deleted, next(watch).revision());
                assertTrue(deleted > changed.modRevision());
                restored.compact(deleted);
                assertThrows(CompactedException.class, () -> restored.list("", "", 0, changed.modRevision()));
            }
        }
    }

    @Test
    void aDamagedBackupLeavesNothingInEtcd() throws Exception {
        ByteArrayOutputStream backup = new ByteArrayOutputStream();
        try (Store old = new MemoryStore()) {
            for (int i = 0; i < 100; i++) {
                old.create("/k/" + i, bytes("v" + i));
            }
            Backup.write(old, backup);
        }
        byte[] cut = Arrays.copyOf(backup.toByteArray(), backup.size() - 10);
        EtcdOptions empty = options.withPrefix(options.prefix() + "-cut");
        assertThrows(IOException.class, () -> EtcdStore.restore(new ByteArrayInputStream(cut), 100, empty));
        try (Store left = EtcdStore.open(empty)) {
            assertEquals(0, left.count(""));
        }
    }
}
