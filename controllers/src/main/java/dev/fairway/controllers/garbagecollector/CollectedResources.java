package dev.fairway.controllers.garbagecollector;

import dev.fairway.controllers.runtime.Discovery;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Keeps an informer on every resource that can be collected and that no other controller watches, following custom
 * resources as they come and go.
 */
final class CollectedResources implements AutoCloseable {
    private static final ResourceType DEFINITIONS = new ResourceType(
            "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false);
    /** A definition is served a moment after it is written. */
    private static final Duration SETTLE = Duration.ofMillis(200);
    private static final Duration SYNC = Duration.ofSeconds(30);

    private final ApiClient client;
    private final OwnerGraph graph;
    private final Consumer<Informer> prepare;
    private final Runnable ready;
    private final Map<ResourceType, Informer> own = new HashMap<>();
    private final WorkQueue<Boolean> queue = new WorkQueue<>("garbage-collector-discovery");
    private boolean announced;
    private boolean closed;

    /**
     * @param prepare registers a new informer before it is started
     * @param ready called once, when everything served at the start is watched
     */
    CollectedResources(ApiClient client, OwnerGraph graph, Consumer<Informer> prepare, Runnable ready) {
        this.client = client;
        this.graph = graph;
        this.prepare = prepare;
        this.ready = ready;
    }

    void start() {
        queue.start(1, again -> discover());
        queue.add(true);
    }

    private void discover() throws InterruptedException {
        Discovery discovery = Discovery.of(client);
        Set<ResourceType> served = new HashSet<>();
        for (Discovery.Resource resource : discovery.resources()) {
            boolean event = resource.type().plural().equals("events");
            if (!event && resource.takes("list", "watch", "delete")) {
                served.add(resource.type());
            }
        }
        synchronized (this) {
            for (ResourceType type : served) {
                if (!closed && !graph.covers(type)) {
                    add(type);
                }
            }
            if (discovery.failures().isEmpty()) {
                own.keySet().stream().filter(type -> !served.contains(type)).toList().forEach(type -> {
                    graph.remove(type);
                    own.remove(type).close();
                });
            }
        }
        for (Informer informer : informers()) {
            informer.awaitSynced(SYNC);
        }
        if (!announced) {
            announced = true;
            ready.run();
        }
    }

    private void add(ResourceType type) {
        Informer informer = type.equals(DEFINITIONS) ? new Informer(client, type) : Informer.ofMetadata(client, type);
        prepare.accept(informer);
        if (type.equals(DEFINITIONS)) {
            informer.onChange((before, after) -> {
                boolean same = before.map(KubeObject::generation).equals(after.map(KubeObject::generation))
                        && before.map(d -> d.at("/status/conditions")).equals(after.map(d -> d.at("/status/conditions")));
                if (!same) {
                    queue.addAfter(true, SETTLE);
                }
            });
        }
        own.put(type, informer);
        informer.start();
    }

    private synchronized Iterable<Informer> informers() {
        return java.util.List.copyOf(own.values());
    }

    @Override
    public synchronized void close() {
        closed = true;
        queue.close();
        own.values().forEach(Informer::close);
    }
}
