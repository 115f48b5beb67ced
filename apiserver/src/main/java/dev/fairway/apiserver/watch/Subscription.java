package dev.fairway.apiserver.watch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** One watcher's bounded queue behind a {@link WatchHub}. */
final class Subscription implements EventSource {
    private static final int CAPACITY = 4096;
    /** Most bytes of objects that wait: few large ones must not be held for long. */
    private static final long CAPACITY_BYTES = 32 << 20;

    private final WatchHub hub;
    private final String prefix;
    private final long afterRevision;
    private final ArrayDeque<ResourceEvent> queue = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private WatchEndedException ended;
    private long bytes;

    Subscription(WatchHub hub, String prefix, long afterRevision) {
        this.hub = hub;
        this.prefix = prefix;
        this.afterRevision = afterRevision;
    }

    /** Takes an event in; false when the watcher is over and wants no more. */
    boolean offer(ResourceEvent event) {
        if (event.revision() <= afterRevision || !event.isProgress() && !event.key().startsWith(prefix)) {
            return true;
        }
        lock.lock();
        try {
            if (ended != null) {
                return false;
            }
            if (queue.size() >= CAPACITY || bytes > CAPACITY_BYTES) {
                ended = new WatchEndedException("watcher too slow: " + queue.size() + " events were waiting", null);
                hub.tooSlow();
            } else {
                queue.addLast(event);
                bytes += event.size();
            }
            changed.signal();
            return ended == null;
        } finally {
            lock.unlock();
        }
    }

    void end(Throwable cause) {
        lock.lock();
        try {
            if (ended == null) {
                ended = new WatchEndedException(cause.getMessage(), cause);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ResourceEvent poll(Duration timeout) throws InterruptedException {
        long nanos = TimeUnit.NANOSECONDS.convert(timeout);
        lock.lockInterruptibly();
        try {
            while (queue.isEmpty()) {
                if (ended != null) {
                    throw ended;
                }
                if (nanos <= 0) {
                    return null;
                }
                nanos = changed.awaitNanos(nanos);
            }
            ResourceEvent event = queue.removeFirst();
            bytes -= event.size();
            return event;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isIdle() {
        lock.lock();
        try {
            return queue.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void requestProgress() {
        hub.requestProgress();
    }

    @Override
    public void close() {
        end(new IllegalStateException("watch closed"));
        hub.unsubscribe(this);
    }
}
