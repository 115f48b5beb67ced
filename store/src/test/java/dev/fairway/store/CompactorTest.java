package dev.fairway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CompactorTest {

    private final Compactor.Plan plan = new Compactor.Plan(new Compactor.Retention(Duration.ofMinutes(5), 1_000, Long.MAX_VALUE));
    private final Instant start = Instant.parse("2026-01-01T00:00:00Z");

    private OptionalLong after(long seconds, long revision, long compacted) {
        return plan.next(start.plusSeconds(seconds), revision, compacted);
    }

    @Test
    void historyYoungerThanTheTimeStays() {
        assertEquals(OptionalLong.empty(), after(0, 10, 0));
        assertEquals(OptionalLong.empty(), after(100, 20, 0));
        assertEquals(OptionalLong.empty(), after(299, 30, 0));
        assertEquals(OptionalLong.of(10), after(300, 40, 0));
        assertEquals(OptionalLong.empty(), after(310, 40, 10));
        assertEquals(OptionalLong.of(30), after(599, 40, 10));
    }

    @Test
    void anIdleStoreIsLeftAlone() {
        for (int i = 0; i < 100; i++) {
            assertEquals(i == 30 ? OptionalLong.of(10) : OptionalLong.empty(), after(i * 10, 10, i <= 30 ? 0 : 10), "" + i);
        }
    }

    @Test
    void tooLongAHistoryIsCutAtOnce() {
        assertEquals(OptionalLong.empty(), after(0, 1_000, 0));
        assertEquals(OptionalLong.of(4_000), after(10, 5_000, 0));
        assertEquals(OptionalLong.of(4_500), after(20, 5_500, 4_000));
    }

    /** Many writes of large values in a short time: what they replace must not fill the memory. */
    @Test
    @Timeout(60)
    void historyThatTakesTooMuchMemoryIsCutAtOnce() throws Exception {
        int limit = 1 << 20;
        try (MemoryStore store = new MemoryStore();
                Watch watch = store.watch("", store.revision());
                var _ = Compactor.start(store, new Compactor.Retention(Duration.ofMinutes(5), 50_000, limit))) {
            Entry entry = store.create("/a", new byte[100_000]);
            long first = entry.modRevision();
            for (int i = 0; i < 10; i++) {
                entry = store.update("/a", new byte[100_000], entry.modRevision());
            }
            assertEquals(0, store.historyExcess(limit), "1,000,000 bytes were replaced");
            while (store.compactedRevision() < first) {
                entry = store.update("/a", new byte[100_000], entry.modRevision());
                assertEquals(entry, next(watch, entry.modRevision()));
            }
            // What is younger stays.
            long reachable = entry.modRevision() - 4;
            assertTrue(store.compactedRevision() <= reachable, store.compactedRevision() + " of " + reachable);
            assertEquals(entry, store.get("/a").orElseThrow());
        }
    }

    private static Entry next(Watch watch, long revision) throws InterruptedException {
        Event event = watch.take();
        while (event.revision() < revision) {
            event = watch.take();
        }
        return event.entry();
    }
}
