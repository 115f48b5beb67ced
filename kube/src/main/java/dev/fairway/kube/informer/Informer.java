package dev.fairway.kube.informer;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.Query;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

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

    private static final Logger LOG = System.getLogger(Informer.class.getName());

    private final Map<ObjectKey, KubeObject> objects = new ConcurrentHashMap<>();
    private final List<Handler> handlers = new CopyOnWriteArrayList<>();
    private final List<Index> indexes = new CopyOnWriteArrayList<>();
    private final Index byNamespace = indexBy(object -> List.of(object.namespace()));
    private final CountDownLatch synced = new CountDownLatch(1);
    private final Object progress = new Object();
    private volatile long observedVersion;
    private final ResourceType type;
    private final Reflector<KubeObject> reflector;

    public Informer(ApiClient client, ResourceType type, String namespace, Query query) {
        this(client, type, namespace, query, UnaryOperator.identity());
    }

    private Informer(ApiClient client, ResourceType type, String namespace, Query query, UnaryOperator<ObjectNode> part) {
        this.type = type;
        this.reflector = new Reflector<>(client, type, namespace, query, object -> {
            // List items carry no type of their own.
            object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
            return new KubeObject(part.apply(object));
        }, new Listener());
    }

    /** An informer that keeps of each object its metadata alone, without who manages which field. */
    public static Informer ofMetadata(ApiClient client, ResourceType type) {
        return new Informer(client, type, "", Query.ALL, object -> {
            object.retain("apiVersion", "kind", "metadata");
            object.withObject("metadata").remove("managedFields");
            return object;
        });
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

    /**
     * Keeps the objects findable by the values that a function draws from each; to be called before
     * {@link #start()}. The function is pure: it is asked again for an object that goes.
     */
    public Index indexBy(Function<KubeObject, ? extends Collection<String>> values) {
        Index index = new Index(values);
        indexes.add(index);
        return index;
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
        return byNamespace.get(namespace);
    }

    /**
     * How far this copy has come: the highest resource version seen. Resource versions are compared as numbers,
     * which the API allows within one resource type (KEP-5504).
     */
    public long observedVersion() {
        return observedVersion;
    }

    /**
     * Waits until a condition on this copy holds, looking again after each change.
     *
     * @return false when {@code timeout} passed before
     */
    public boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (progress) {
            while (!condition.getAsBoolean()) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                progress.wait(left);
            }
        }
        return true;
    }

    @Override
    public void close() {
        reflector.close();
    }

    private void tell(Optional<KubeObject> before, Optional<KubeObject> after) {
        for (Handler handler : handlers) {
            try {
                handler.changed(before, after);
            } catch (RuntimeException e) {
                // One controller's trouble with one object must not keep the others from hearing of it.
                LOG.log(Level.ERROR, type + ": handler failed on " + after.or(() -> before).orElseThrow(), e);
            }
        }
    }

    private final class Listener implements Reflector.Listener<KubeObject> {
        @Override
        public void replaced(List<KubeObject> items) {
            Map<ObjectKey, KubeObject> gone = new HashMap<>(objects);
            for (KubeObject item : items) {
                gone.remove(item.key());
                tellOfPut(store(item), item);
            }
            for (KubeObject item : gone.values()) {
                drop(item).ifPresent(before -> tell(Optional.of(before), Optional.empty()));
            }
            synced.countDown();
        }

        /** Only now, not item by item: a list is not in the order of versions. */
        @Override
        public void reached(String version) {
            advance(version);
        }

        @Override
        public void changed(Reflector.Change change, KubeObject item) {
            switch (change) {
                case ADDED, MODIFIED -> {
                    Optional<KubeObject> before = store(item);
                    advance(item.resourceVersion());
                    tellOfPut(before, item);
                }
                case DELETED -> {
                    Optional<KubeObject> before = drop(item);
                    advance(item.resourceVersion());
                    before.ifPresent(last -> tell(Optional.of(last), Optional.empty()));
                }
            }
        }

        private Optional<KubeObject> store(KubeObject item) {
            KubeObject before = objects.put(item.key(), item);
            if (before == null) {
                indexes.forEach(index -> index.put(item));
            } else {
                indexes.forEach(index -> index.replace(before, item));
            }
            return Optional.ofNullable(before);
        }

        private Optional<KubeObject> drop(KubeObject item) {
            KubeObject before = objects.remove(item.key());
            if (before != null) {
                indexes.forEach(index -> index.remove(before));
            }
            return Optional.ofNullable(before);
        }

        private void tellOfPut(Optional<KubeObject> before, KubeObject item) {
            if (before.isEmpty() || !before.get().resourceVersion().equals(item.resourceVersion())) {
                tell(before, Optional.of(item));
            }
        }

        private void advance(String version) {
            synchronized (progress) {
                observedVersion = Math.max(observedVersion, number(version));
                progress.notifyAll();
            }
        }
    }

    private static long number(String version) {
        try {
            return Long.parseLong(version);
        } catch (NumberFormatException e) {
            // A server whose versions are no numbers cannot be waited for.
            return 0;
        }
    }
}
