package dev.fairway.apiserver.watch;

import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.store.Event;
import dev.fairway.store.Store;
import dev.fairway.store.StoreException;
import dev.fairway.store.Watch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The one store watch of a kind. It remembers recent events, so that most watchers start from memory, and hands each
 * event to every watcher's own bounded queue: a watcher that does not keep up loses its watch, not the others theirs.
 */
final class WatchHub implements AutoCloseable {
    private static final int REMEMBERED_EVENTS = 1024;
    private static final long REMEMBERED_BYTES = 4L << 20;

    private final ResourceDefinition resource;
    private final Store store;
    private final WatchMetrics metrics;
    private final Watch watch;
    private final Thread reader;
    private final ArrayDeque<ResourceEvent> recent = new ArrayDeque<>();
    private final List<Subscription> subscriptions = new ArrayList<>();
    private long recentBytes;
    /** Every event after this revision is in {@link #recent}. */
    private long completeAfter;
    private StoreException broken;

    WatchHub(Store store, ResourceDefinition resource, WatchMetrics metrics) {
        this.store = store;
        this.resource = resource;
        this.metrics = metrics;
        this.completeAfter = store.revision();
        this.watch = store.watch(resource.keyPrefix(), completeAfter);
        this.reader = Thread.ofVirtual().name("watch-" + resource.qualifiedName()).start(this::read);
    }

    /**
     * A watcher of the keys that start with {@code prefix}, from after a revision.
     *
     * @throws StoreException such as {@link dev.fairway.store.CompactedException}, when history does not reach back
     */
    EventSource subscribe(String prefix, long afterRevision) {
        synchronized (recent) {
            if (afterRevision >= completeAfter && broken == null) {
                Subscription subscription = new Subscription(this, prefix, afterRevision);
                for (ResourceEvent event : recent) {
                    subscription.offer(event);
                }
                subscriptions.add(subscription);
                return subscription;
            }
        }
        return new DirectSource(resource, store.watch(prefix, afterRevision));
    }

    boolean isBroken() {
        synchronized (recent) {
            return broken != null;
        }
    }

    void unsubscribe(Subscription subscription) {
        synchronized (recent) {
            subscriptions.remove(subscription);
        }
    }

    void tooSlow() {
        metrics.tooSlow(resource.group(), resource.plural());
    }

    void requestProgress() {
        watch.requestProgress();
    }

    private void read() {
        try {
            while (true) {
                deliver(watch.take());
            }
        } catch (StoreException e) {
            end(e);
        } catch (InterruptedException e) {
            end(new StoreException("the server is stopping", e));
        }
    }

    private void deliver(Event event) {
        ResourceEvent shared = ResourceEvent.of(resource, event);
        synchronized (recent) {
            if (!shared.isProgress()) {
                remember(shared);
            }
            for (Iterator<Subscription> each = subscriptions.iterator(); each.hasNext(); ) {
                if (!each.next().offer(shared)) {
                    each.remove();
                }
            }
        }
    }

    private void remember(ResourceEvent event) {
        recent.addLast(event);
        recentBytes += event.size();
        while (recent.size() > REMEMBERED_EVENTS || recentBytes > REMEMBERED_BYTES && recent.size() > 1) {
            ResourceEvent oldest = recent.removeFirst();
            recentBytes -= oldest.size();
            completeAfter = oldest.revision();
        }
    }

    private void end(StoreException cause) {
        synchronized (recent) {
            broken = cause;
            subscriptions.forEach(each -> each.end(cause));
            subscriptions.clear();
        }
    }

    @Override
    public void close() {
        watch.close();
        reader.interrupt();
    }
}
