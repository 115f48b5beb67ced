package dev.fairway.controllers.runtime;

import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.Query;
import dev.fairway.kube.informer.Informer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One informer per resource, shared by all controllers. */
public final class Informers implements AutoCloseable {
    private final ApiClient client;
    private final Map<ResourceType, Informer> informers = new LinkedHashMap<>();
    private final List<Informer> selecting = new ArrayList<>();
    private final Map<ResourceType, ByController> byController = new HashMap<>();
    private final Map<ResourceType, ByLabel> byLabel = new HashMap<>();
    private boolean started;
    private boolean closed;

    public Informers(ApiClient client) {
        this.client = client;
    }

    public ApiClient client() {
        return client;
    }

    /** The informer of a resource, made at first use; handlers and indexes are added before {@link #start()}. */
    public synchronized Informer of(ResourceType type) {
        if (started && !informers.containsKey(type)) {
            throw new IllegalStateException("informer of " + type + " asked for after the start");
        }
        return informers.computeIfAbsent(type, key -> new Informer(client, key));
    }

    /** An informer of those objects of a resource that a query selects, for one controller; made before {@link #start()}. */
    public synchronized Informer of(ResourceType type, Query query) {
        if (started) {
            throw new IllegalStateException("informer of " + type + " asked for after the start");
        }
        Informer informer = new Informer(client, type, "", query);
        selecting.add(informer);
        return informer;
    }

    /** The objects of a resource by their controller. */
    public synchronized ByController byController(ResourceType type) {
        return byController.computeIfAbsent(type, key -> new ByController(of(key)));
    }

    /** The objects of a resource by their labels. */
    public synchronized ByLabel byLabel(ResourceType type) {
        return byLabel.computeIfAbsent(type, key -> new ByLabel(of(key)));
    }

    /** The informers of whole resources asked for so far. */
    public synchronized Collection<Informer> all() {
        return List.copyOf(informers.values());
    }

    public synchronized void start() {
        if (!started && !closed) {
            started = true;
            informers.values().forEach(Informer::start);
            selecting.forEach(Informer::start);
        }
    }

    /** Waits for every first list; false when {@code timeout} passed before. */
    public boolean awaitSynced(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        List<Informer> waiting = new ArrayList<>(all());
        synchronized (this) {
            waiting.addAll(selecting);
        }
        for (Informer informer : waiting) {
            if (!informer.awaitSynced(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public synchronized void close() {
        closed = true;
        informers.values().forEach(Informer::close);
        selecting.forEach(Informer::close);
    }
}
