package dev.fairway.controllers.runtime;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.informer.Informer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Keeps a controller from deciding twice: before a key is worked on again, the informers must have come as far as
 * the controller's own last writes for that key. It takes the place of client-go's expectations, by comparing
 * resource versions (KEP-5647).
 */
public final class WriteFence {
    private static final Logger LOG = System.getLogger(WriteFence.class.getName());
    /** A watch that lags more than this is as good as dead; going on beats standing still. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private record Deletion(Informer informer, ObjectKey key, String uid) {
        boolean seen() {
            return informer.get(key).map(now -> !now.uid().equals(uid) || now.deleting()).orElse(true);
        }
    }

    private static final class Pending {
        private final Map<Informer, Long> versions = new HashMap<>();
        private final List<Deletion> deletions = new ArrayList<>();
    }

    private final Map<ObjectKey, Pending> pending = new ConcurrentHashMap<>();

    /** Notes that work on {@code key} created or changed an object; {@code result} is the server's answer. */
    public void wrote(ObjectKey key, Informer informer, KubeObject result) {
        long version = Long.parseLong(result.resourceVersion());
        Pending entry = pending.computeIfAbsent(key, ignored -> new Pending());
        synchronized (entry) {
            entry.versions.merge(informer, version, Math::max);
        }
    }

    /** Notes that work on {@code key} deleted an object. */
    public void deleted(ObjectKey key, Informer informer, KubeObject victim) {
        Pending entry = pending.computeIfAbsent(key, ignored -> new Pending());
        synchronized (entry) {
            entry.deletions.add(new Deletion(informer, victim.key(), victim.uid()));
        }
    }

    /** Waits until the informers show every write noted for {@code key}, and forgets them. */
    public void await(ObjectKey key) throws InterruptedException {
        Pending entry = pending.remove(key);
        if (entry == null) {
            return;
        }
        Map<Informer, Long> versions;
        List<Deletion> deletions;
        synchronized (entry) {
            versions = Map.copyOf(entry.versions);
            deletions = List.copyOf(entry.deletions);
        }
        for (Map.Entry<Informer, Long> version : versions.entrySet()) {
            Informer informer = version.getKey();
            await(key, informer, () -> informer.observedVersion() >= version.getValue());
        }
        for (Deletion deletion : deletions) {
            await(key, deletion.informer(), deletion::seen);
        }
    }

    private static void await(ObjectKey key, Informer informer, BooleanSupplier condition) throws InterruptedException {
        if (!informer.await(condition, LONGEST_WAIT)) {
            LOG.log(Level.WARNING, "{0}: the watch of {1} does not show what was written", key, informer.type());
        }
    }
}
