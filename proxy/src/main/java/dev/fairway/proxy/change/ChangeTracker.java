package dev.fairway.proxy.change;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.model.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The latest version of every object, and which Services have changed since they were last taken. However many events a
 * Service has in between, it is taken once. Safe for several threads.
 */
public final class ChangeTracker {
    private final Map<ObjectKey, Service> services = new HashMap<>();
    private final Map<ObjectKey, TreeMap<String, EndpointSlice>> slices = new HashMap<>();
    private final Map<ObjectKey, ObjectKey> serviceOfSlice = new HashMap<>();
    private final Set<ObjectKey> changed = new HashSet<>();
    private final Map<ObjectKey, List<Long>> triggered = new HashMap<>();
    private Node node;
    private boolean nodeChanged;

    public ChangeTracker(String nodeName) {
        node = Node.unknown(nodeName);
    }

    /** @return whether a sync is called for */
    public synchronized boolean put(Service service) {
        return !service.equals(services.put(service.key(), service)) && mark(service.key());
    }

    /** @return whether a sync is called for */
    public synchronized boolean removeService(ObjectKey key) {
        return services.remove(key) != null && mark(key);
    }

    /** @return whether a sync is called for */
    public synchronized boolean put(EndpointSlice slice) {
        if (!slice.proxied()) {
            return removeSlice(slice.key());
        }
        ObjectKey before = serviceOfSlice.get(slice.key());
        boolean moved = before != null && !before.equals(slice.service()) && removeSlice(slice.key());
        serviceOfSlice.put(slice.key(), slice.service());
        EndpointSlice old = slices.computeIfAbsent(slice.service(), key -> new TreeMap<>()).put(slice.key().name(), slice);
        if (old != null && old.sameContent(slice)) {
            return moved;
        }
        if (slice.lastChangeTriggerMillis() > 0
                && (old == null || old.lastChangeTriggerMillis() != slice.lastChangeTriggerMillis())) {
            triggered.computeIfAbsent(slice.service(), key -> new ArrayList<>()).add(slice.lastChangeTriggerMillis());
        }
        return mark(slice.service());
    }

    /** @return whether a sync is called for */
    public synchronized boolean removeSlice(ObjectKey key) {
        ObjectKey service = serviceOfSlice.remove(key);
        if (service == null) {
            return false;
        }
        TreeMap<String, EndpointSlice> siblings = slices.get(service);
        siblings.remove(key.name());
        if (siblings.isEmpty()) {
            slices.remove(service);
        }
        triggered.remove(service);
        return mark(service);
    }

    private boolean mark(ObjectKey service) {
        changed.add(service);
        return true;
    }

    /** @return whether a sync is called for */
    public synchronized boolean put(Node now) {
        boolean differs = !now.equals(node);
        node = now;
        nodeChanged |= differs;
        return differs;
    }

    /** The keys of all Services known, for telling which ones a new list has lost. */
    public synchronized Set<ObjectKey> serviceKeys() {
        return Set.copyOf(services.keySet());
    }

    /** The keys of all slices known, for telling which ones a new list has lost. */
    public synchronized Set<ObjectKey> sliceKeys() {
        return Set.copyOf(serviceOfSlice.keySet());
    }

    public synchronized Node node() {
        return node;
    }

    /** Takes what has changed; a changed Node changes every Service. */
    public synchronized Changes take() {
        Collection<ObjectKey> keys = nodeChanged ? allKeys() : changed;
        List<ServiceSnapshot> snapshots = new ArrayList<>(keys.size());
        for (ObjectKey key : keys) {
            snapshots.add(new ServiceSnapshot(
                    key,
                    Optional.ofNullable(services.get(key)),
                    List.copyOf(slices.getOrDefault(key, new TreeMap<>()).values()),
                    List.copyOf(triggered.getOrDefault(key, List.of()))));
        }
        Changes taken = new Changes(node, nodeChanged, snapshots);
        changed.clear();
        triggered.clear();
        nodeChanged = false;
        return taken;
    }

    private Set<ObjectKey> allKeys() {
        Set<ObjectKey> keys = new HashSet<>(services.keySet());
        keys.addAll(changed);
        return keys;
    }

    /**
     * What has changed since the last time.
     *
     * @param node as it is now
     * @param nodeChanged whether it was different before; then {@code services} holds all of them
     */
    public record Changes(Node node, boolean nodeChanged, List<ServiceSnapshot> services) {}
}
