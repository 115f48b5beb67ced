package dev.fairway.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Answers requests for progress. etcd's own notifications come too early on some 3.4 releases, so the way is another:
 * when the copy in memory has not reached the cluster's revision, a key of our own is written, and the copy waited for
 * until that write has come through the watch. Requests that arrive meanwhile share the next round.
 */
final class EtcdProgress implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(EtcdProgress.class.getName());
    private static final Duration LAG = Duration.ofMillis(20);

    /** {@code watch} is null where the queue only has to be woken. */
    private record Request(Watch watch) {}

    private final EtcdCalls calls;
    private final EtcdFeed feed;
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private volatile boolean closed;

    EtcdProgress(EtcdCalls calls, EtcdFeed feed) {
        this.calls = calls;
        this.feed = feed;
        Thread.ofVirtual().name("store-etcd-progress").start(this::run);
    }

    /** Waits until the copy has come as far as {@code revision}. */
    void reach(long revision) {
        if (feed.await(revision, LAG)) {
            return;
        }
        long own = calls.touchProgress();
        if (!feed.await(own, calls.timeout())) {
            throw new StoreException("the watch on etcd lags behind by more than " + calls.timeout());
        }
    }

    /** The same watch, with its requests for progress coming here. */
    Watch wrap(Watch watch) {
        return new Watch() {
            @Override
            public Event take() throws InterruptedException {
                return watch.take();
            }

            @Override
            public Event poll(Duration timeout) throws InterruptedException {
                return watch.poll(timeout);
            }

            @Override
            public void requestProgress() {
                requests.add(new Request(watch));
            }

            @Override
            public void close() {
                watch.close();
            }
        };
    }

    private void run() {
        List<Request> round = new ArrayList<>();
        while (!closed) {
            round.clear();
            try {
                round.add(requests.take());
                requests.drainTo(round);
                if (closed) {
                    return;
                }
                reach(calls.revision());
                round.forEach(request -> request.watch().requestProgress());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (StoreException e) {
                // A watcher that hears nothing asks again; there is nothing wrong that it could be told.
                LOG.log(System.Logger.Level.DEBUG, () -> "no progress to tell: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        requests.add(new Request(null));
    }
}
