package dev.fairway.store;

import static dev.fairway.testkit.Await.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every store does, whatever it stands on. */
@Timeout(120)
abstract class StoreContract {

    /** The capacity that {@link #open} gives its watches. */
    static final int WATCH_CAPACITY = 2_000;

    private static final Duration SOON = Duration.ofSeconds(20);

    Store store;

    /** A new, empty store. */
    abstract Store open() throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static String text(Entry entry) {
        return new String(entry.value(), UTF_8);
    }

    static List<String> keys(Page page) {
        return page.entries().stream().map(Entry::key).toList();
    }

    /** The next event that is no progress notification. */
    static Event next(Watch watch) throws InterruptedException {
        while (true) {
            Event event = watch.poll(SOON);
            if (event == null) {
                throw new AssertionError("no event within " + SOON);
            }
            if (event.type() != Event.Type.PROGRESS) {
                return event;
            }
        }
    }

    @Test
    void aNewStoreIsEmptyAndHasARevision() {
        assertTrue(store.revision() > 0);
        assertEquals(Optional.empty(), store.get("/a"));
        assertEquals(new Page(List.of(), store.revision(), false, 0), store.list("", "", 0, 0));
    }

    @Test
    void everyWriteTakesTheNextRevision() {
        long start = store.revision();
        Entry created = store.create("/a/1", bytes("one"));
        assertEquals(start + 1, created.modRevision());
        assertEquals(created.modRevision(), created.createRevision());
        Entry updated = store.update("/a/1", bytes("two"), created.modRevision());
        assertEquals(start + 2, updated.modRevision());
        assertEquals(created.createRevision(), updated.createRevision());
        assertEquals(Optional.of(updated), store.get("/a/1"));
        assertEquals(start + 3, store.delete("/a/1", updated.modRevision()));
        assertEquals(start + 3, store.revision());
        assertEquals(Optional.empty(), store.get("/a/1"));
        Entry again = store.create("/a/1", bytes("three"));
        assertEquals(start + 4, again.createRevision());
    }

    @Test
    void aKeyIsCreatedOnce() {
        Entry created = store.create("/a", bytes("one"));
        KeyExistsException refused = assertThrows(KeyExistsException.class, () -> store.create("/a", bytes("two")));
        assertEquals("/a", refused.key());
        assertEquals(created.modRevision(), store.revision());
        assertEquals("one", text(store.get("/a").orElseThrow()));
    }

    @Test
    void aStaleUpdateIsRefusedAndTellsWhatIsThere() {
        Entry first = store.create("/a", bytes("one"));
        Entry second = store.update("/a", bytes("two"), first.modRevision());
        RevisionConflictException stale = assertThrows(RevisionConflictException.class,
                () -> store.update("/a", bytes("three"), first.modRevision()));
        assertEquals(Optional.of(second), stale.current());
        RevisionConflictException absent = assertThrows(RevisionConflictException.class,
                () -> store.update("/b", bytes("three"), second.modRevision()));
        assertEquals(Optional.empty(), absent.current());
        assertEquals(second.modRevision(), store.revision());
    }

    @Test
    void aStaleDeleteIsRefusedAndTellsWhatIsThere() {
        Entry first = store.create("/a", bytes("one"));
        Entry second = store.update("/a", bytes("two"), first.modRevision());
        RevisionConflictException stale = assertThrows(RevisionConflictException.class,
                () -> store.delete("/a", first.modRevision()));
        assertEquals(Optional.of(second), stale.current());
        store.delete("/a", second.modRevision());
        assertEquals(Optional.empty(), assertThrows(RevisionConflictException.class,
                () -> store.delete("/a", second.modRevision())).current());
    }

    @Test
    void valuesMayBeEmptyOrLarge() {
        store.create("/empty", new byte[0]);
        byte[] large = new byte[1_000_000];
        java.util.Arrays.fill(large, (byte) 0xfe);
        store.create("/large", large);
        assertEquals(0, store.get("/empty").orElseThrow().value().length);
        assertEquals(store.get("/large").orElseThrow(), store.list("/large", "", 0, 0).entries().getFirst());
        assertEquals(large.length, store.get("/large").orElseThrow().value().length);
    }

    @Test
    void aListIsInKeyOrderAndKeepsToItsPrefix() {
        for (String key : List.of("/pods/b/1", "/pods/a/2", "/pods/a/1", "/podsets/a/1", "/nodes/n", "/pods/a/10")) {
            store.create(key, bytes(key));
        }
        assertEquals(List.of("/pods/a/1", "/pods/a/10", "/pods/a/2", "/pods/b/1"),
                keys(store.list("/pods/", "", 0, 0)));
        assertEquals(List.of("/pods/a/10", "/pods/a/2", "/pods/b/1"),
                keys(store.list("/pods/", "/pods/a/10", 0, 0)));
        assertEquals(List.of("/pods/a/1"), keys(store.list("/pods/a/1", "", 1, 0)));
        assertEquals(List.of(), keys(store.list("/pods/", "/pods/c", 0, 0)));
        assertEquals(List.of(), keys(store.list("/pods/", "/zz", 0, 0)));
        assertEquals(6, keys(store.list("", "", 0, 0)).size());
        assertEquals(4, store.count("/pods/"));
        assertEquals(0, store.count("/services/"));
    }

    @Test
    void pagesOfOneSnapshotAreStable() {
        for (int i = 0; i < 10; i++) {
            store.create("/k/" + i, bytes("v" + i));
        }
        Page first = store.list("/k/", "", 4, 0);
        assertEquals(List.of("/k/0", "/k/1", "/k/2", "/k/3"), keys(first));
        assertTrue(first.more());
        assertEquals(6, first.remaining());

        Entry five = store.get("/k/5").orElseThrow();
        store.delete("/k/5", five.modRevision());
        store.update("/k/6", bytes("changed"), store.get("/k/6").orElseThrow().modRevision());
        store.create("/k/55", bytes("new"));

        Page second = store.list("/k/", "/k/3\0", 4, first.revision());
        assertEquals(List.of("/k/4", "/k/5", "/k/6", "/k/7"), keys(second));
        assertEquals(five, second.entries().get(1));
        assertEquals("v6", text(second.entries().get(2)));
        assertEquals(first.revision(), second.revision());
        Page third = store.list("/k/", "/k/7\0", 4, first.revision());
        assertEquals(List.of("/k/8", "/k/9"), keys(third));
        assertFalse(third.more());
        assertEquals(0, third.remaining());
        assertEquals(List.of("/k/4", "/k/55", "/k/6"), keys(store.list("/k/", "/k/4", 3, 0)));
    }

    @Test
    void aListOfTheFutureIsRefused() {
        long next = store.revision() + 1;
        assertThrows(FutureRevisionException.class, () -> store.list("", "", 0, next));
        assertThrows(IllegalArgumentException.class, () -> store.list("", "", -1, 0));
    }

    @Test
    void aWatchSeesEveryWriteOnceInOrder() throws Exception {
        try (Watch watch = store.watch("/a/", store.revision())) {
            Entry created = store.create("/a/1", bytes("one"));
            store.create("/b/1", bytes("other"));
            Entry updated = store.update("/a/1", bytes("two"), created.modRevision());
            long deleted = store.delete("/a/1", updated.modRevision());

            Event first = next(watch);
            assertEquals(new Event(Event.Type.PUT, created, Optional.empty()), first);
            assertTrue(first.isCreate());
            Event second = next(watch);
            assertEquals(new Event(Event.Type.PUT, updated, Optional.of(created)), second);
            assertFalse(second.isCreate());
            Event third = next(watch);
            assertEquals(Event.Type.DELETE, third.type());
            assertEquals(deleted, third.revision());
            assertEquals("/a/1", third.entry().key());
            assertEquals(Optional.of(updated), third.previous());
        }
    }

    @Test
    void aWatchResumesAnywhereInHistory() throws Exception {
        List<Long> revisions = new ArrayList<>();
        revisions.add(store.revision());
        for (int i = 0; i < 20; i++) {
            revisions.add(store.create("/k/" + i, bytes("v")).modRevision());
        }
        for (int from = 0; from < revisions.size(); from++) {
            try (Watch watch = store.watch("/k/", revisions.get(from))) {
                for (int i = from; i < 20; i++) {
                    assertEquals("/k/" + i, next(watch).entry().key());
                }
                assertNull(watch.poll(Duration.ZERO));
            }
        }
    }

    @Test
    void aWatchOfTheFutureIsRefused() {
        long next = store.revision() + 1;
        assertThrows(FutureRevisionException.class, () -> store.watch("", next));
    }

    @Test
    void progressComesBehindAllEventsSoFar() throws Exception {
        try (Watch watch = store.watch("/a/", store.revision())) {
            store.create("/a/1", bytes("one"));
            long newest = store.create("/b/1", bytes("two")).modRevision();
            watch.requestProgress();
            assertEquals("/a/1", watch.poll(SOON).entry().key());
            Event progress = watch.poll(SOON);
            assertEquals(Event.Type.PROGRESS, progress.type());
            assertTrue(progress.revision() >= newest, progress.toString());
        }
    }

    @Test
    void aSlowWatcherIsCutOffAndTheOthersAreNot() throws Exception {
        long start = store.revision();
        try (Watch slow = store.watch("/k/", start); Watch other = store.watch("/other/", start)) {
            for (int i = 0; i <= WATCH_CAPACITY; i++) {
                store.create("/k/" + i, bytes("v"));
            }
            store.create("/other/1", bytes("v"));
            assertEquals("/other/1", next(other).entry().key());
            long last = 0;
            SlowWatcherException cut = null;
            int seen = 0;
            while (cut == null) {
                try {
                    last = next(slow).revision();
                    seen++;
                } catch (SlowWatcherException e) {
                    cut = e;
                }
            }
            assertEquals(WATCH_CAPACITY, seen);
            try (Watch resumed = store.watch("/k/", last)) {
                assertEquals("/k/" + WATCH_CAPACITY, next(resumed).entry().key());
            }
        }
    }

    @Test
    void compactionTakesHistoryAndNothingElse() throws Exception {
        Entry a = store.create("/a", bytes("one"));
        Entry b = store.create("/b", bytes("gone"));
        Entry a2 = store.update("/a", bytes("two"), a.modRevision());
        long deleted = store.delete("/b", b.modRevision());
        Entry c = store.create("/c", bytes("later"));

        store.compact(deleted);
        assertEquals(deleted, store.compactedRevision());
        assertEquals(Optional.of(a2), store.get("/a"));
        assertEquals(List.of("/a", "/c"), keys(store.list("", "", 0, 0)));
        assertEquals(List.of(a2), store.list("", "", 0, deleted).entries());
        CompactedException gone = assertThrows(CompactedException.class,
                () -> store.list("", "", 0, a2.modRevision()));
        assertEquals(a2.modRevision(), gone.requested());
        assertEquals(deleted, gone.compacted());
        assertThrows(CompactedException.class, () -> store.watch("", a2.modRevision()));
        try (Watch watch = store.watch("", deleted)) {
            assertEquals(c, next(watch).entry());
        }
        assertThrows(CompactedException.class, () -> store.compact(deleted));
        assertThrows(FutureRevisionException.class, () -> store.compact(store.revision() + 1));
        store.create("/b", bytes("again"));
        assertEquals(List.of("/a", "/b", "/c"), keys(store.list("", "", 0, 0)));
    }

    @Test
    void aCompactionDoesNotDisturbARunningWatch() throws Exception {
        try (Watch watch = store.watch("", store.revision())) {
            long last = 0;
            for (int i = 0; i < 50; i++) {
                last = store.create("/k/" + i, bytes("v")).modRevision();
            }
            store.compact(last);
            for (int i = 0; i < 50; i++) {
                assertEquals("/k/" + i, next(watch).entry().key());
            }
        }
    }

    @Test
    void aClosedWatchWakesItsReader() throws Exception {
        Watch watch = store.watch("", store.revision());
        Thread reader = Thread.ofVirtual().start(() -> assertThrows(StoreException.class, watch::take));
        until("the reader waits", () -> reader.getState() == Thread.State.WAITING);
        watch.close();
        watch.close();
        assertTrue(reader.join(SOON));
    }

    @Test
    void aClosedStoreRefusesAndEndsItsWatches() throws Exception {
        Watch watch = store.watch("", store.revision());
        store.create("/a", bytes("one"));
        assertEquals("/a", next(watch).entry().key());
        store.close();
        store.close();
        assertThrows(StoreException.class, () -> watch.poll(SOON));
        assertThrows(StoreException.class, () -> store.get("/a"));
        assertThrows(StoreException.class, () -> store.list("", "", 0, 0));
        assertThrows(StoreException.class, () -> store.create("/b", bytes("two")));
        assertThrows(StoreException.class, () -> store.update("/a", bytes("two"), 2));
        assertThrows(StoreException.class, () -> store.watch("", 0));
    }
}
