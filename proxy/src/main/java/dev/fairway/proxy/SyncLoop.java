package dev.fairway.proxy;

import dev.fairway.proxy.change.ChangeTracker;
import dev.fairway.proxy.state.ProxyOptions;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Decides when to sync: a lone change at once, changes in a burst together once per {@code minSyncPeriod}, a failure again
 * after a pause that grows to {@code syncPeriod}, and everything once an hour, as kube-proxy does.
 */
final class SyncLoop implements AutoCloseable {
    private static final Logger LOG = System.getLogger(SyncLoop.class.getName());
    /** kube-proxy's {@code FullSyncPeriod}. */
    private static final Duration FULL_SYNC_PERIOD = Duration.ofHours(1);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    /** Least time between two mendings, lest a quarrel with another program takes all of a CPU. */
    private static final Duration MEND_PERIOD = Duration.ofMillis(50);

    private final ChangeTracker tracker;
    private final List<FamilySync> families;
    private final ProxyOptions options;
    private final boolean mendsAtOnce;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Condition idle = lock.newCondition();
    private boolean ready;
    private boolean changed;
    private boolean disturbed;
    private boolean syncing;
    private boolean retrying;
    private boolean closed;

    SyncLoop(String name, ChangeTracker tracker, List<FamilySync> families, ProxyOptions options) {
        this.tracker = tracker;
        this.families = families;
        this.options = options;
        this.mendsAtOnce = families.stream().allMatch(FamilySync::mendsAtOnce);
        this.thread = Thread.ofPlatform().daemon().name("proxy-" + name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Both lists are in: syncing may begin. */
    void ready() {
        wake(() -> {
            ready = true;
            changed = true;
        });
    }

    void changed() {
        wake(() -> changed = true);
    }

    void disturbed() {
        wake(() -> disturbed = true);
    }

    private void wake(Runnable change) {
        lock.lock();
        try {
            change.run();
            woken.signal();
        } finally {
            lock.unlock();
        }
    }

    boolean awaitIdle(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (!ready || changed || disturbed || syncing || retrying) {
                if (left <= 0) {
                    return false;
                }
                left = idle.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        long earliest = System.nanoTime();
        long lastFull = earliest;
        Duration retry = Duration.ZERO;
        try {
            while (awaitWork(earliest, retry)) {
                long start = System.nanoTime();
                earliest = start + options.minSyncPeriod().toNanos();
                if (start - lastFull >= FULL_SYNC_PERIOD.toNanos()) {
                    families.forEach(FamilySync::requestReconcile);
                    lastFull = start;
                }
                retry = syncAll() ? Duration.ZERO : later(retry);
            }
        } catch (InterruptedException end) {
            LOG.log(Level.DEBUG, "{0} ends", thread.getName());
        }
    }

    private Duration later(Duration retry) {
        Duration next = retry.isZero() ? FIRST_RETRY : retry.multipliedBy(2);
        return next.compareTo(options.syncPeriod()) > 0 ? options.syncPeriod() : next;
    }

    /** Waits until there is work and it is time for it. False at the end. */
    private boolean awaitWork(long earliest, Duration retry) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            retrying = !retry.isZero();
            syncing = false;
            idle.signalAll();
            long wait = (retrying ? retry : options.syncPeriod()).toNanos();
            while (!closed && !(ready && (changed || disturbed)) && (wait > 0 || !ready)) {
                wait = ready ? woken.awaitNanos(wait) : waitAtLeast(wait);
            }
            for (long left = until(earliest); !closed && left > 0; left = until(earliest)) {
                woken.awaitNanos(left);
            }
            syncing = true;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private long until(long earliest) {
        long begin = disturbed && mendsAtOnce
                ? earliest - Math.max(0, options.minSyncPeriod().minus(MEND_PERIOD).toNanos()) : earliest;
        return begin - System.nanoTime();
    }

    private long waitAtLeast(long wait) throws InterruptedException {
        woken.await();
        return wait;
    }

    private boolean syncAll() {
        boolean reconcile = takeFlags();
        ChangeTracker.Changes changes = tracker.take();
        boolean done = true;
        for (FamilySync family : families) {
            family.take(changes);
            if (reconcile) {
                family.requestReconcile();
            }
            done &= family.sync();
        }
        return done;
    }

    private boolean takeFlags() {
        lock.lock();
        try {
            boolean reconcile = disturbed;
            changed = false;
            disturbed = false;
            return reconcile;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        wake(() -> closed = true);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(10));
            } catch (InterruptedException now) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
