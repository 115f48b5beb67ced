package dev.fairway.apiserver.watch;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.store.CompactedException;
import dev.fairway.store.FutureRevisionException;
import dev.fairway.store.Store;
import java.util.HashMap;
import java.util.Map;

/** The hubs of all kinds, each made when its kind is first watched. */
public final class WatchHubs implements AutoCloseable {
    private final Store store;
    private final Map<String, WatchHub> hubs = new HashMap<>();
    private final WatchMetrics metrics = new WatchMetrics();
    private boolean closed;

    public WatchHubs(Store store) {
        this.store = store;
    }

    /** What is counted of all watches. */
    public WatchMetrics metrics() {
        return metrics;
    }

    /**
     * Watches the keys of a kind that start with {@code prefix}, from after a revision.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 410 when history does not reach back so far, 504 when the
     *                                                      revision is in the future
     */
    public EventSource watch(ResourceDefinition resource, String prefix, long afterRevision) {
        long current = store.revision();
        if (afterRevision > current) {
            throw Errors.tooLargeResourceVersion(afterRevision, current);
        }
        try {
            return hub(resource).subscribe(prefix, afterRevision);
        } catch (CompactedException e) {
            throw Errors.expired("too old resource version: " + e.requested() + " (" + e.compacted() + ")");
        } catch (FutureRevisionException e) {
            throw Errors.tooLargeResourceVersion(e.requested(), e.current());
        }
    }

    private synchronized WatchHub hub(ResourceDefinition resource) {
        if (closed) {
            throw Errors.unavailable("the server is stopping");
        }
        WatchHub hub = hubs.get(resource.keyPrefix());
        if (hub == null || hub.isBroken()) {
            hub = new WatchHub(store, resource, metrics);
            hubs.put(resource.keyPrefix(), hub);
        }
        return hub;
    }

    @Override
    public synchronized void close() {
        closed = true;
        hubs.values().forEach(WatchHub::close);
        hubs.clear();
    }
}
