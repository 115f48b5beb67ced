package dev.fairway.kube.informer;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Finds an informer's objects by something else than their key, such as the node they run on. Made by
 * {@link Informer#indexBy}; it is up to date when the informer's handlers are called.
 */
public final class Index {
    private final Function<KubeObject, ? extends Collection<String>> values;
    private final Map<String, Map<ObjectKey, KubeObject>> objects = new ConcurrentHashMap<>();

    Index(Function<KubeObject, ? extends Collection<String>> values) {
        this.values = values;
    }

    /** The objects that carry a value, in no order. */
    public List<KubeObject> get(String value) {
        Map<ObjectKey, KubeObject> found = objects.get(value);
        return found == null ? List.of() : List.copyOf(found.values());
    }

    /** How many objects carry a value. */
    public int count(String value) {
        Map<ObjectKey, KubeObject> found = objects.get(value);
        return found == null ? 0 : found.size();
    }

    void put(KubeObject object) {
        for (String value : values.apply(object)) {
            // Within compute, so that an entry is not dropped as empty while it is being filled.
            objects.compute(value, (key, map) -> {
                Map<ObjectKey, KubeObject> into = map == null ? new ConcurrentHashMap<>(4) : map;
                into.put(object.key(), object);
                return into;
            });
        }
    }

    void remove(KubeObject object) {
        for (String value : values.apply(object)) {
            objects.computeIfPresent(value, (key, map) -> {
                map.remove(object.key());
                return map.isEmpty() ? null : map;
            });
        }
    }

    void replace(KubeObject before, KubeObject after) {
        Collection<String> kept = values.apply(after);
        for (String value : values.apply(before)) {
            if (!kept.contains(value)) {
                objects.computeIfPresent(value, (key, map) -> {
                    map.remove(before.key());
                    return map.isEmpty() ? null : map;
                });
            }
        }
        put(after);
    }
}
