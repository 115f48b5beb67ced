package dev.fairway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.testkit.etcd.EtcdCluster;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
        assertTrue(assertThrows(StoreException.class, () -> EtcdStore.open(nowhere)).getMessage().startsWith("etcd"));
    }

    @Test
    void wrongOptionsAreNamed() {
        assertThrows(IllegalArgumentException.class, () -> EtcdOptions.of(List.of()));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> EtcdOptions.of(List.of(URI.create("ftp://127.0.0.1:1")))).getMessage().contains("ftp://"));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> EtcdOptions.of(List.of(URI.create("https://127.0.0.1:1")))).getMessage().contains("certificate"));
    }
}
