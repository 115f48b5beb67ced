package dev.fairway.controllers.garbagecollector;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.OwnerReference;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.informer.Index;
import dev.fairway.kube.informer.Informer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Owners and dependants over all resources, read from their informers. */
final class OwnerGraph {
    private record Source(Informer informer, Index byOwner) {}

    /** A dependant and the resource it is of. */
    record Dependant(ResourceType type, KubeObject object) {
        /** True where it holds up the foreground deletion of an owner. */
        boolean blocks(String ownerUid) {
            return object.ownerReferences().stream()
                    .anyMatch(owner -> owner.uid().equals(ownerUid) && owner.blockOwnerDeletion());
        }
    }

    private final Map<ResourceType, Source> sources = new ConcurrentHashMap<>();

    /** Adds an informer that has not been started yet. */
    void add(Informer informer) {
        Index byOwner = informer.indexBy(object ->
                object.ownerReferences().stream().map(OwnerReference::uid).distinct().toList());
        sources.put(informer.type(), new Source(informer, byOwner));
    }

    Optional<Informer> remove(ResourceType type) {
        return Optional.ofNullable(sources.remove(type)).map(Source::informer);
    }

    boolean covers(ResourceType type) {
        return sources.containsKey(type);
    }

    Iterable<ResourceType> types() {
        return sources.keySet();
    }

    List<Dependant> dependants(String uid) {
        List<Dependant> all = new ArrayList<>();
        sources.forEach((type, source) ->
                source.byOwner().get(uid).forEach(object -> all.add(new Dependant(type, object))));
        return all;
    }

    /** The resource that a reference speaks of, whatever its version; empty for one that is not served. */
    Optional<ResourceType> typeOf(OwnerReference reference) {
        int slash = reference.apiVersion().indexOf('/');
        String group = slash < 0 ? "" : reference.apiVersion().substring(0, slash);
        return sources.keySet().stream()
                .filter(type -> type.group().equals(group) && type.kind().equals(reference.kind()))
                .findFirst();
    }

    Optional<KubeObject> get(ResourceType type, ObjectKey key) {
        return Optional.ofNullable(sources.get(type)).flatMap(source -> source.informer().get(key));
    }
}
