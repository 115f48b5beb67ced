package dev.fairway.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Compacts a store again and again, so that history stays long enough for watchers to come back and short enough for
 * memory.
 */
public final class Compactor implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Compactor.class.getName());

    /**
     * How much history stays.
     *
     * @param time      history younger than this stays, unless it is too long
     * @param revisions most revisions that stay
     * @param bytes     most bytes that history takes in memory: when it takes more, half of that stays
     */
    public record Retention(Duration time, long revisions, long bytes) {
        /** Five minutes, as Kubernetes has it; or 50,000 writes, or an eighth of this process's heap. */
        public static final Retention DEFAULT =
                new Retention(Duration.ofMinutes(5), 50_000, Runtime.getRuntime().maxMemory() / 8);
    }

    /** Remembers when which revision was the newest; says how far to compact. Not safe for many threads. */
    static final class Plan {
        private record Mark(Instant time, long revision) {}

        private final Retention retention;
        private final Deque<Mark> marks = new ArrayDeque<>();

        Plan(Retention retention) {
            this.retention = retention;
        }

        OptionalLong next(Instant now, long revision, long compacted) {
            long target = revision - retention.revisions();
            while (!marks.isEmpty() && !marks.getFirst().time().isAfter(now.minus(retention.time()))) {
                target = Math.max(target, marks.removeFirst().revision());
            }
            if (marks.isEmpty() || marks.getLast().revision() < revision) {
                marks.addLast(new Mark(now, revision));
            }
            return target > compacted ? OptionalLong.of(target) : OptionalLong.empty();
        }
    }

    /** Between two looks at the memory, which large objects fill fast. */
    private static final Duration GLANCE = Duration.ofMillis(250);

    private final Store store;
    private final Retention retention;
    private final Plan plan;
    private final Duration interval;
    private final InstantSource clock;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    private Compactor(Store store, Retention retention, Duration interval, InstantSource clock) {
        this.store = store;
        this.retention = retention;
        this.plan = new Plan(retention);
        this.interval = interval;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("store-compactor").start(this::run);
    }

    /** Begins; looks after {@code store} every ten seconds until closed. */
    public static Compactor start(Store store, Retention retention) {
        return new Compactor(store, retention, Duration.ofSeconds(10), InstantSource.system());
    }

    private void run() {
        Instant next = clock.instant().plus(interval);
        try {
            while (!closing.await(GLANCE.toMillis(), TimeUnit.MILLISECONDS)) {
                if (store.historyExcess(retention.bytes()) > 0) {
                    compact(OptionalLong.of(store.historyExcess(retention.bytes() / 2)));
                }
                if (!clock.instant().isBefore(next)) {
                    next = clock.instant().plus(interval);
                    compact(target());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private OptionalLong target() {
        try {
            return plan.next(clock.instant(), store.revision(), store.compactedRevision());
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.WARNING, "compaction is put off: " + e.getMessage());
            return OptionalLong.empty();
        }
    }

    private void compact(OptionalLong target) {
        try {
            if (target.isPresent()) {
                store.compact(target.getAsLong());
            }
        } catch (CompactedException e) {
            LOG.log(System.Logger.Level.DEBUG, "another server was faster: {0}", e.getMessage());
        } catch (StoreException e) {
            // It will be tried again; meanwhile history is longer than it need be.
            LOG.log(System.Logger.Level.WARNING, "compaction failed: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
    }
}
