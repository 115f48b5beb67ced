package dev.fairway.kube.informer;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.Query;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A local copy of a collection that controllers read instead of asking the server. Its objects are shared and
 * must not be changed; {@link KubeObject#copy()} first.
 */
public final class Informer implements AutoCloseable {
    /** Hears of each difference; an absent side means added or deleted. Called from one thread only. */
    @FunctionalInterface
    public interface Handler {
        void changed(Optional<KubeObject> before, Optional<KubeObject> after);
    }

    private final Map<ObjectKey, KubeObject> objects = new ConcurrentHashMap<>();
    private final List<Handler> handlers = new CopyOnWriteArrayList<>();
    private final CountDownLatch synced = new CountDownLatch(1);
    private final ResourceType type;
    private final Reflector<KubeObject> reflector;

    public Informer(ApiClient client, ResourceType type, String namespace, Query query) {
        this.type = type;
        this.reflector = new Reflector<>(client, type, namespace, query, object -> {
            // List items carry no type of their own.
            object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
            return new KubeObject(object);
        }, new Listener());
    }

    /** An informer on all objects of a kind. */
    public Informer(ApiClient client, ResourceType type) {
        this(client, type, "", Query.ALL);
    }

    public ResourceType type() {
        return type;
    }

    /** Adds a handler; to be called before {@link #start()}. */
    public Informer onChange(Handler handler) {
        handlers.add(handler);
        return this;
    }

    public Informer start() {
        reflector.start();
        return this;
    }

    /** Waits for the first list; false when {@code timeout} passed before. */
    public boolean awaitSynced(Duration timeout) throws InterruptedException {
        return synced.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    public Optional<KubeObject> get(ObjectKey key) {
        return Optional.ofNullable(objects.get(key));
    }

    public Optional<KubeObject> get(String namespace, String name) {
        return get(new ObjectKey(namespace, name));
    }

    /** All objects, in no order. */
    public Collection<KubeObject> all() {
        return objects.values();
    }

    public List<KubeObject> inNamespace(String namespace) {
        return objects.values().stream().filter(object -> object.namespace().equals(namespace)).toList();
    }

    @Override
    public void close() {
        reflector.close();
    }

    private void tell(Optional<KubeObject> before, Optional<KubeObject> after) {
        handlers.forEach(handler -> handler.changed(before, after));
    }

    private final class Listener implements Reflector.Listener<KubeObject> {
        @Override
        public void replaced(List<KubeObject> items) {
            Map<ObjectKey, KubeObject> gone = new HashMap<>(objects);
            for (KubeObject item : items) {
                gone.remove(item.key());
                put(item);
            }
            gone.keySet().forEach(this::remove);
            synced.countDown();
        }

        @Override
        public void changed(Reflector.Change change, KubeObject item) {
            switch (change) {
                case ADDED, MODIFIED -> put(item);
                case DELETED -> remove(item.key());
            }
        }

        private void put(KubeObject item) {
            KubeObject before = objects.put(item.key(), item);
            if (before == null || !before.resourceVersion().equals(item.resourceVersion())) {
                tell(Optional.ofNullable(before), Optional.of(item));
            }
        }

        private void remove(ObjectKey key) {
            KubeObject before = objects.remove(key);
            if (before != null) {
                tell(Optional.of(before), Optional.empty());
            }
        }
    }
}
