package dev.fairway.apiserver.watch;

import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.storage.StoredObject;
import dev.fairway.store.Event;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** One write of a kind, shared by all its watchers, which also share what they make of it. */
public final class ResourceEvent {
    private final long revision;
    private final StoredObject now;
    private final StoredObject previous;
    // Weak, since events are remembered long after their delivery, and a tree takes several times its object's bytes.
    private volatile WeakReference<ObjectNode> nowTree = new WeakReference<>(null);
    private volatile WeakReference<ObjectNode> previousTree = new WeakReference<>(null);
    private final Map<String, byte[]> frames = new ConcurrentHashMap<>(2);

    ResourceEvent(long revision, StoredObject now, StoredObject previous) {
        this.revision = revision;
        this.now = now;
        this.previous = previous;
    }

    static ResourceEvent of(ResourceDefinition resource, Event event) {
        StoredObject previous = event.previous().map(entry -> StoredObject.of(resource, entry)).orElse(null);
        return switch (event.type()) {
            case PUT -> new ResourceEvent(event.revision(), StoredObject.of(resource, event.entry()), previous);
            case DELETE -> new ResourceEvent(event.revision(), null,
                    previous == null ? null : previous.at(event.revision()));
            case PROGRESS -> new ResourceEvent(event.revision(), null, null);
        };
    }

    /** The revision of the write. */
    public long revision() {
        return revision;
    }

    /** Whether nothing was written: all events up to the revision have been delivered. */
    public boolean isProgress() {
        return now == null && previous == null;
    }

    /** The object as written; null when it was removed. */
    public StoredObject now() {
        return now;
    }

    /** The object before; null when it was created. For a removal it carries the removal's revision. */
    public StoredObject previous() {
        return previous;
    }

    String key() {
        return now != null ? now.key() : previous.key();
    }

    int size() {
        return (now == null ? 0 : now.value().length) + (previous == null ? 0 : previous.value().length);
    }

    /** {@link #now} as a shared tree, not to be changed. */
    public ObjectNode nowTree() {
        ObjectNode tree = nowTree.get();
        if (tree == null) {
            tree = now.toTree();
            nowTree = new WeakReference<>(tree);
        }
        return tree;
    }

    /** {@link #previous} as a shared tree, not to be changed. */
    public ObjectNode previousTree() {
        ObjectNode tree = previousTree.get();
        if (tree == null) {
            tree = previous.toTree();
            previousTree = new WeakReference<>(tree);
        }
        return tree;
    }

    /** What goes over the wire for this event in one format, made once for all watchers that ask for the same. */
    public byte[] frame(String format, Supplier<byte[]> encoder) {
        return frames.computeIfAbsent(format, ignored -> encoder.get());
    }
}
