package dev.fairway.apiserver.storage;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.store.CompactedException;
import dev.fairway.store.Entry;
import dev.fairway.store.FutureRevisionException;
import dev.fairway.store.KeyExistsException;
import dev.fairway.store.Page;
import dev.fairway.store.RevisionConflictException;
import dev.fairway.store.Store;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Objects by kind, namespace and name on top of the flat {@link Store}. Errors are those of the API. */
public final class Objects {
    private final Store store;
    private final StorageMetrics metrics = new StorageMetrics();

    public Objects(Store store) {
        this.store = store;
    }

    /** What it counts. */
    public StorageMetrics metrics() {
        return metrics;
    }

    public Store store() {
        return store;
    }

    /** The newest version of an object. */
    public Optional<StoredObject> get(ResourceDefinition resource, String namespace, String name) {
        return metrics.timed("get", resource, () -> store.get(resource.key(namespace, name)))
                .map(entry -> StoredObject.of(resource, entry));
    }

    /**
     * The newest version of an object.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 404 if there is none
     */
    public StoredObject require(ResourceDefinition resource, String namespace, String name) {
        return get(resource, namespace, name).orElseThrow(() -> Errors.notFound(resource, name));
    }

    /** All objects of a kind, in one namespace or (empty) in all. */
    public List<StoredObject> all(ResourceDefinition resource, String namespace) {
        return metrics.timed("list", resource, () -> store.list(prefix(resource, namespace), "", 0, 0)).entries().stream()
                .map(entry -> StoredObject.of(resource, entry)).toList();
    }

    /** The common start of the keys in one namespace or (empty) in all. */
    public static String prefix(ResourceDefinition resource, String namespace) {
        return resource.namespaced() && !namespace.isEmpty()
                ? resource.keyPrefix() + namespace + "/" : resource.keyPrefix();
    }

    /**
     * One page.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 410 or 504 when the revision is too old or in the future
     */
    public Page page(ResourceDefinition resource, String prefix, String startKey, int limit, long revision) {
        try {
            return metrics.timed("list", resource, () -> store.list(prefix, startKey, limit, revision));
        } catch (CompactedException e) {
            throw Errors.expired("The resourceVersion for the provided list is too old.");
        } catch (FutureRevisionException e) {
            throw Errors.tooLargeResourceVersion(e.requested(), e.current());
        }
    }

    /**
     * Writes a new object.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 409 AlreadyExists
     */
    public StoredObject create(ResourceDefinition resource, String namespace, String name, ObjectNode object) {
        try {
            byte[] value = StoredBytes.of(object);
            return StoredObject.of(resource,
                    metrics.timed("create", resource, () -> store.create(resource.key(namespace, name), value)));
        } catch (KeyExistsException e) {
            throw Errors.alreadyExists(resource, name);
        }
    }

    /** Replaces an object; empty when it was written or removed since it was read. */
    public Optional<StoredObject> replace(StoredObject current, byte[] value) {
        try {
            Entry entry = metrics.timed("update", current.resource(),
                    () -> store.update(current.key(), value, current.revision()));
            return Optional.of(StoredObject.of(current.resource(), entry));
        } catch (RevisionConflictException e) {
            return Optional.empty();
        }
    }

    /** Removes an object; empty when it was written or removed since it was read; else the revision of the removal. */
    public Optional<Long> remove(StoredObject current) {
        try {
            return Optional.of(metrics.timed("delete", current.resource(), () -> store.delete(current.key(), current.revision())));
        } catch (RevisionConflictException e) {
            return Optional.empty();
        }
    }
}
