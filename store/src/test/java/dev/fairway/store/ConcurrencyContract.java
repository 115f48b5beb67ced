package dev.fairway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** What every store does when many use it at once. */
abstract class ConcurrencyContract extends StoreContract {

    /** How many writes each of the writers makes in a test. */
    int writes() {
        return 500;
    }

    /** On platform threads: some tasks spin, and would keep virtual ones off their carriers. */
    private static void all(List<Callable<Void>> tasks) throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (Future<Void> result : threads.invokeAll(tasks)) {
                result.get();
            }
        }
    }

    @Test
    void concurrentCreatesOfOneKeyHaveOneWinner() throws Exception {
        for (int round = 0; round < 20; round++) {
            String key = "/k/" + round;
            List<Integer> winners = java.util.Collections.synchronizedList(new ArrayList<>());
            all(IntStream.range(0, 8).<Callable<Void>>mapToObj(i -> () -> {
                try {
                    store.create(key, bytes("" + i));
                    winners.add(i);
                } catch (KeyExistsException e) {
                    assertEquals(key, e.key());
                }
                return null;
            }).toList());
            assertEquals(1, winners.size());
            assertEquals("" + winners.getFirst(), text(store.get(key).orElseThrow()));
        }
    }

    @Test
    void noIncrementIsLostAndNoRevisionIsUsedTwice() throws Exception {
        long start = store.create("/counter", bytes("0")).modRevision();
        int writers = 8;
        int each = writes() / 10;
        ConcurrentSkipListSet<Long> revisions = new ConcurrentSkipListSet<>();
        all(IntStream.range(0, writers).<Callable<Void>>mapToObj(i -> () -> {
            for (int done = 0; done < each;) {
                Entry now = store.get("/counter").orElseThrow();
                byte[] next = bytes("" + (Integer.parseInt(text(now)) + 1));
                try {
                    assertTrue(revisions.add(store.update("/counter", next, now.modRevision()).modRevision()));
                    done++;
                } catch (RevisionConflictException e) {
                    assertTrue(e.current().orElseThrow().modRevision() > now.modRevision());
                }
            }
            return null;
        }).toList());
        assertEquals("" + writers * each, text(store.get("/counter").orElseThrow()));
        assertEquals(writers * each, revisions.size());
        assertEquals(start + writers * each, revisions.last());
    }

    @Test
    void whatIsWrittenIsReadAtOnce() throws Exception {
        all(IntStream.range(0, 8).<Callable<Void>>mapToObj(i -> () -> {
            for (int n = 0; n < writes() / 5; n++) {
                String key = "/w" + i + "/" + n;
                Entry written = store.create(key, bytes(key));
                assertEquals(Optional.of(written), store.get(key));
                assertTrue(store.revision() >= written.modRevision());
                assertEquals(n + 1, store.list("/w" + i + "/", "", 0, 0).entries().size());
            }
            return null;
        }).toList());
    }

    /** Any snapshot taken while writers run must equal the replay of the watch up to its revision. */
    @RepeatedTest(3)
    void snapshotsAndWatchesTellOneStory(RepetitionInfo repetition) throws Exception {
        long start = store.revision();
        int writers = 4;
        AtomicBoolean done = new AtomicBoolean();
        List<Page> snapshots = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Callable<Void>> tasks = new ArrayList<>();
        AtomicBoolean[] finished = IntStream.range(0, writers)
                .mapToObj(i -> new AtomicBoolean()).toArray(AtomicBoolean[]::new);
        for (int w = 0; w < writers; w++) {
            Random random = new Random(1000L * repetition.getCurrentRepetition() + w);
            AtomicBoolean mine = finished[w];
            tasks.add(() -> {
                for (int n = 0; n < writes() / 4; n++) {
                    randomWrite(random);
                }
                mine.set(true);
                return null;
            });
        }
        tasks.add(() -> {
            while (!done.get()) {
                snapshots.add(store.list("/r/", "", 0, 0));
                done.set(List.of(finished).stream().allMatch(AtomicBoolean::get));
            }
            snapshots.add(store.list("/r/", "", 0, 0));
            return null;
        });
        all(tasks);

        Map<Long, Map<String, Entry>> wanted = new HashMap<>();
        snapshots.forEach(page -> wanted.put(page.revision(), byKey(page)));
        Map<String, Entry> replay = new TreeMap<>();
        long last = start;
        long newest = store.revision();
        try (Watch watch = store.watch("/r/", start)) {
            while (last < newest) {
                Event event = next(watch);
                assertEquals(last + 1, event.revision());
                last = event.revision();
                assertEquals(Optional.ofNullable(replay.get(event.entry().key())), event.previous());
                if (event.type() == Event.Type.PUT) {
                    replay.put(event.entry().key(), event.entry());
                } else {
                    replay.remove(event.entry().key());
                }
                Map<String, Entry> seen = wanted.get(last);
                if (seen != null) {
                    assertEquals(replay, seen, "at revision " + last);
                }
                assertEquals(replay, byKey(store.list("/r/", "", 0, last)), "re-read at revision " + last);
            }
        }
    }

    private void randomWrite(Random random) {
        String key = "/r/" + random.nextInt(20);
        Optional<Entry> now = store.get(key);
        try {
            if (now.isEmpty()) {
                store.create(key, bytes("" + random.nextInt()));
            } else if (random.nextInt(3) == 0) {
                store.delete(key, now.get().modRevision());
            } else {
                store.update(key, bytes("" + random.nextInt()), now.get().modRevision());
            }
        } catch (KeyExistsException | RevisionConflictException e) {
            assertTrue(e.getMessage().contains(key));
        }
    }

    private static Map<String, Entry> byKey(Page page) {
        return page.entries().stream().collect(Collectors.toMap(Entry::key, e -> e, (a, b) -> a, TreeMap::new));
    }

    @Test
    void compactionsBesideWritersAndReadersLoseNothing() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            store.create("/stay/" + i, bytes("v"));
        }
        tasks.add(() -> {
            Random random = new Random(7);
            for (int n = 0; n < writes(); n++) {
                randomWrite(random);
            }
            done.set(true);
            return null;
        });
        tasks.add(() -> {
            while (!done.get()) {
                long target = store.revision();
                if (target > store.compactedRevision()) {
                    store.compact(target);
                }
            }
            return null;
        });
        tasks.add(() -> {
            while (!done.get()) {
                assertEquals(50, store.list("/stay/", "", 0, 0).entries().size());
                assertTrue(store.get("/stay/7").isPresent());
            }
            return null;
        });
        all(tasks);
        assertEquals(50 + store.count("/r/"), store.count(""));
    }
}
