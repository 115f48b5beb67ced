package dev.fairway.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A watch fed by a {@link WatchHub}. */
final class QueueWatch implements Watch {

    private final WatchHub hub;
    private final String prefix;
    private final long after;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Queue<Event> backlog;
    private final Queue<Event> queue = new ArrayDeque<>();
    private StoreException end;

    /**
     * @param backlog  events that happened before the watch began; they do not count against {@code capacity}
     * @param capacity how many events may wait to be read
     */
    QueueWatch(WatchHub hub, String prefix, long after, List<Event> backlog, int capacity) {
        this.hub = hub;
        this.prefix = prefix;
        this.after = after;
        this.backlog = new ArrayDeque<>(backlog);
        this.capacity = capacity;
    }

    String prefix() {
        return prefix;
    }

    /** Hands an event over; false if the watch has ended, be it by this very event. */
    boolean offer(Event event) {
        if (event.revision() <= after && event.type() != Event.Type.PROGRESS) {
            return true;
        }
        lock.lock();
        try {
            if (end != null) {
                return false;
            }
            if (queue.size() >= capacity) {
                end = new SlowWatcherException(queue.size());
                arrived.signalAll();
                return false;
            }
            queue.add(event);
            arrived.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the watch after the events that are already queued. */
    void fail(StoreException reason) {
        lock.lock();
        try {
            if (end == null) {
                end = reason;
            }
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Event take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Event event = next();
            while (event == null) {
                arrived.await();
                event = next();
            }
            return event;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Event poll(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            Event event = next();
            while (event == null && left > 0) {
                left = arrived.awaitNanos(left);
                event = next();
            }
            return event;
        } finally {
            lock.unlock();
        }
    }

    private Event next() {
        Event event = backlog.poll();
        if (event == null) {
            event = queue.poll();
        }
        if (event == null && end != null) {
            throw end;
        }
        return event;
    }

    @Override
    public void requestProgress() {
        hub.requestProgress(this);
    }

    @Override
    public void close() {
        hub.remove(this);
        lock.lock();
        try {
            backlog.clear();
            queue.clear();
        } finally {
            lock.unlock();
        }
        fail(new StoreException("the watch is closed"));
    }
}
