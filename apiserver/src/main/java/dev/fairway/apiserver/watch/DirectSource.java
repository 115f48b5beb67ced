package dev.fairway.apiserver.watch;

import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.store.Event;
import dev.fairway.store.StoreException;
import dev.fairway.store.Watch;
import java.time.Duration;

/** A watcher with a store watch of its own, because it starts further back than the shared one remembers. */
final class DirectSource implements EventSource {
    private final ResourceDefinition resource;
    private final Watch watch;
    private Event ahead;

    DirectSource(ResourceDefinition resource, Watch watch) {
        this.resource = resource;
        this.watch = watch;
    }

    @Override
    public ResourceEvent poll(Duration timeout) throws InterruptedException {
        Event event = ahead;
        ahead = null;
        if (event == null) {
            event = next(timeout);
        }
        return event == null ? null : ResourceEvent.of(resource, event);
    }

    @Override
    public boolean isIdle() {
        if (ahead == null) {
            try {
                ahead = next(Duration.ZERO);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return ahead == null;
    }

    private Event next(Duration timeout) throws InterruptedException {
        try {
            return watch.poll(timeout);
        } catch (StoreException e) {
            throw new WatchEndedException(e.getMessage(), e);
        }
    }

    @Override
    public void requestProgress() {
        watch.requestProgress();
    }

    @Override
    public void close() {
        watch.close();
    }
}
