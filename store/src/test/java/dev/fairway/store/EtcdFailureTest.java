package dev.fairway.store;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.testkit.etcd.EtcdCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three etcd members, of which one is always missing. */
class EtcdFailureTest {

    private static final int WRITERS = 4;

    /** Kills each member in turn while two servers write: no call fails, nothing is lost, both tell one story. */
    @Test
    @Timeout(180)
    void workGoesOnWhenAMemberDies() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.ofMembers(3)) {
            EtcdOptions options = EtcdOptions.of(etcd.endpoints()).withTimeout(Duration.ofSeconds(30));
            try (Store one = EtcdStore.open(options); Store two = EtcdStore.open(options)) {
                long start = one.revision();
                AtomicBoolean done = new AtomicBoolean();
                List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
                Map<String, String> written = Collections.synchronizedMap(new TreeMap<>());
                List<Thread> writers = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    Store store = i % 2 == 0 ? one : two;
                    String space = "/w" + i + "/";
                    writers.add(Thread.ofPlatform().uncaughtExceptionHandler((thread, e) -> failures.add(e))
                            .start(() -> write(store, space, done, written)));
                }
                for (int member = 0; member < etcd.size(); member++) {
                    int before = written.size();
                    etcd.kill(member);
                    until("writes go on without member " + member, () -> written.size() > before + 50 || !failures.isEmpty());
                    etcd.start(member);
                    int again = written.size();
                    until("writes go on with member " + member, () -> written.size() > again + 50 || !failures.isEmpty());
                }
                done.set(true);
                for (Thread writer : writers) {
                    writer.join();
                }
                assertEquals(List.of(), failures);
                assertEquals(written, values(one.list("/w", "", 0, 0)));
                assertEquals(written, values(two.list("/w", "", 0, 0)));
                assertEquals(written, replay(one, start));
                assertEquals(written, replay(two, start));
            }
        }
    }

    /** An outage of so many seconds makes gRPC wait for as many before it connects again. */
    @Test
    @Timeout(180)
    void workGoesOnSoonAfterAllMembersWereGone() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.ofMembers(1);
                Store store = EtcdStore.open(EtcdOptions.of(etcd.endpoints()).withTimeout(Duration.ofSeconds(8)));
                Watch watch = store.watch("", store.revision())) {
            Entry before = store.create("/before", StoreContract.bytes("x"));
            assertEquals(before, watch.poll(Duration.ofSeconds(20)).entry());
            etcd.kill(0);
            long gone = System.nanoTime();
            while (System.nanoTime() - gone < Duration.ofSeconds(30).toNanos()) {
                assertTrue(assertThrows(StoreException.class, () -> store.create("/during", StoreContract.bytes("x")))
                        .getMessage().contains("etcd"));
            }
            etcd.start(0);
            long back = System.nanoTime();
            Entry after = store.create("/after", StoreContract.bytes("x"));
            assertEquals(after, watch.poll(Duration.ofSeconds(20)).entry());
            long millis = Duration.ofNanos(System.nanoTime() - back).toMillis();
            assertTrue(millis < 8_000, millis + " ms");
            assertEquals(before, store.get("/before").orElseThrow());
        }
    }

    private static void write(Store store, String space, AtomicBoolean done, Map<String, String> written) {
        for (int n = 0; !done.get(); n++) {
            String key = space + n;
            Entry entry = store.create(key, StoreContract.bytes(key + " first"));
            if (n % 3 == 1) {
                entry = store.update(key, StoreContract.bytes(key + " second"), entry.modRevision());
            }
            if (n % 3 == 2) {
                store.delete(key, entry.modRevision());
            } else {
                written.put(key, StoreContract.text(entry));
            }
        }
    }

    private static Map<String, String> values(Page page) {
        return page.entries().stream().collect(Collectors.toMap(Entry::key,
                entry -> new String(entry.value(), StandardCharsets.UTF_8), (a, b) -> a, TreeMap::new));
    }

    private static Map<String, String> replay(Store store, long after) throws InterruptedException {
        Map<String, String> state = new TreeMap<>();
        long newest = store.revision();
        try (Watch watch = store.watch("/w", after)) {
            watch.requestProgress();
            for (long at = after; at < newest;) {
                Event event = watch.poll(Duration.ofSeconds(20));
                assertTrue(event != null && (event.revision() > at || event.type() == Event.Type.PROGRESS), "" + event);
                at = event.revision();
                switch (event.type()) {
                    case PUT -> state.put(event.entry().key(), StoreContract.text(event.entry()));
                    case DELETE -> state.remove(event.entry().key());
                    case PROGRESS -> assertTrue(at >= newest, "progress " + at + " before " + newest);
                }
            }
        }
        return state;
    }
}
