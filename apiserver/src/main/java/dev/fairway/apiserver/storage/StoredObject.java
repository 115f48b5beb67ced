package dev.fairway.apiserver.storage;

import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.kube.Json;
import dev.fairway.store.Entry;
import tools.jackson.databind.node.ObjectNode;

/**
 * One version of one object as the store has it: JSON in the storage version, without resourceVersion, which is the
 * revision of the write. Parsing is left until somebody needs a tree: most reads only pass bytes on.
 */
public final class StoredObject {
    private final ResourceDefinition resource;
    private final String key;
    private final byte[] value;
    private final long revision;

    public StoredObject(ResourceDefinition resource, String key, byte[] value, long revision) {
        this.resource = resource;
        this.key = key;
        this.value = value;
        this.revision = revision;
    }

    /** The object of a store entry. */
    public static StoredObject of(ResourceDefinition resource, Entry entry) {
        return new StoredObject(resource, entry.key(), entry.value(), entry.modRevision());
    }

    /** The same content with another resourceVersion: what a DELETED event shows. */
    public StoredObject at(long otherRevision) {
        return new StoredObject(resource, key, value, otherRevision);
    }

    public ResourceDefinition resource() {
        return resource;
    }

    public String key() {
        return key;
    }

    /** The revision of the write: the resourceVersion; 0 for what a dry run would have written. */
    public long revision() {
        return revision;
    }

    /** The stored bytes, not to be changed. */
    public byte[] value() {
        return value;
    }

    /** The namespace, empty for kinds without. */
    public String namespace() {
        if (!resource.namespaced()) {
            return "";
        }
        int start = resource.keyPrefix().length();
        return key.substring(start, key.indexOf('/', start));
    }

    public String name() {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    /** A new tree with its resourceVersion, in the storage version. */
    public ObjectNode toTree() {
        ObjectNode tree = Json.parseObject(value);
        if (revision != 0) {
            ((ObjectNode) tree.get("metadata")).put("resourceVersion", Long.toString(revision));
        }
        if (refits()) {
            resource.schemas().apply(resource.storageVersion()).refit(tree);
        }
        return tree;
    }

    /** Whether what is stored is not what is shown: the kind's schema has changed since. */
    public boolean refits() {
        return resource.custom() && resource.schemas().apply(resource.storageVersion()).refits();
    }

    /** The JSON with its resourceVersion, in the storage version; new bytes. */
    public byte[] toJson() {
        return StoredBytes.withResourceVersion(value, revision);
    }

    /** How many bytes {@link #toJson} gives. */
    public int jsonLength() {
        return StoredBytes.lengthWithResourceVersion(value, revision);
    }

    /** Kind, key and revision: contents may be secret. */
    @Override
    public String toString() {
        return resource.kind() + " " + key + "@" + revision;
    }
}
