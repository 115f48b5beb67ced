package dev.fairway.apiserver.fairness;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The seats of one priority level. When they are taken, requests queue by flow; a seat that becomes free goes to the
 * flows in turn, however long their queues are.
 */
final class Turns {

    /** What became of a request that asked for a seat. */
    enum Outcome {
        /** It has one and must give it back. */
        SEATED,
        /** Its flow has too many waiting, or the level has. */
        QUEUE_FULL,
        /** It waited too long. */
        TIME_OUT
    }

    private static final class Waiter {
        private final Condition seated;
        private boolean hasSeat;

        Waiter(Condition seated) {
            this.seated = seated;
        }
    }

    private final int seats;
    private final int perFlow;
    private final int perLevel;
    private final ReentrantLock lock = new ReentrantLock();
    /** In the order in which flows get their next turn; none of them empty. */
    private final LinkedHashMap<String, ArrayDeque<Waiter>> queues = new LinkedHashMap<>();
    private int taken;
    private int waiting;

    /**
     * @param seats    how many run at a time
     * @param perFlow  how many of a flow may wait
     * @param perLevel how many may wait in all
     */
    Turns(int seats, int perFlow, int perLevel) {
        this.seats = seats;
        this.perFlow = perFlow;
        this.perLevel = perLevel;
    }

    Outcome take(String flow, long timeout, TimeUnit unit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (taken < seats) {
                taken++;
                return Outcome.SEATED;
            }
            ArrayDeque<Waiter> queue = queues.get(flow);
            if (waiting >= perLevel || queue != null && queue.size() >= perFlow) {
                return Outcome.QUEUE_FULL;
            }
            Waiter waiter = new Waiter(lock.newCondition());
            queues.computeIfAbsent(flow, name -> new ArrayDeque<>()).add(waiter);
            waiting++;
            return await(flow, waiter, unit.toNanos(timeout));
        } finally {
            lock.unlock();
        }
    }

    private Outcome await(String flow, Waiter waiter, long nanos) throws InterruptedException {
        long left = nanos;
        try {
            while (!waiter.hasSeat && left > 0) {
                left = waiter.seated.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            if (waiter.hasSeat) {
                passOn();
            } else {
                leave(flow, waiter);
            }
            throw e;
        }
        if (waiter.hasSeat) {
            return Outcome.SEATED;
        }
        leave(flow, waiter);
        return Outcome.TIME_OUT;
    }

    private void leave(String flow, Waiter waiter) {
        ArrayDeque<Waiter> queue = queues.get(flow);
        if (queue != null && queue.remove(waiter)) {
            waiting--;
            if (queue.isEmpty()) {
                queues.remove(flow);
            }
        }
    }

    void giveBack() {
        lock.lock();
        try {
            passOn();
        } finally {
            lock.unlock();
        }
    }

    private void passOn() {
        Map.Entry<String, ArrayDeque<Waiter>> next = queues.pollFirstEntry();
        if (next == null) {
            taken--;
            return;
        }
        Waiter waiter = next.getValue().remove();
        waiting--;
        if (!next.getValue().isEmpty()) {
            queues.putLast(next.getKey(), next.getValue());
        }
        waiter.hasSeat = true;
        waiter.seated.signal();
    }

    int taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }
}
