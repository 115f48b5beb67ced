package dev.fairway.controllers.runtime;

import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.informer.Informer;
import java.time.Instant;
import java.time.InstantSource;

/** What every controller needs of the world. */
public record Context(ApiClient client, Informers informers, InstantSource clock) {
    public Informer informer(ResourceType type) {
        return informers.of(type);
    }

    public ByController byController(ResourceType type) {
        return informers.byController(type);
    }

    public ByLabel byLabel(ResourceType type) {
        return informers.byLabel(type);
    }

    public Instant now() {
        return clock.instant();
    }

    /** A recorder of Events that speaks as {@code component}; the caller closes it. */
    public EventRecorder events(String component) {
        return new EventRecorder(client, component, "", clock);
    }
}
