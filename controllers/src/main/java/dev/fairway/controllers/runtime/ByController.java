package dev.fairway.controllers.runtime;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.OwnerReference;
import dev.fairway.kube.informer.Index;
import dev.fairway.kube.informer.Informer;
import java.util.ArrayList;
import java.util.List;

/** Finds objects by the one that controls them, so that a controller's work grows with its own objects only. */
public final class ByController {
    private final Index index;

    ByController(Informer informer) {
        this.index = informer.indexBy(object -> List.of(
                object.controllerRef().map(OwnerReference::uid).orElseGet(() -> orphansOf(object.namespace()))));
    }

    private static String orphansOf(String namespace) {
        return "orphans of " + namespace;
    }

    /** The objects that an owner with this UID controls. */
    public List<KubeObject> of(String uid) {
        return index.get(uid);
    }

    /** What {@link Ownership#of} has to look at for an owner: what it controls, and what nobody does. */
    public List<KubeObject> candidates(KubeObject owner) {
        List<KubeObject> all = new ArrayList<>(index.get(owner.uid()));
        all.addAll(index.get(orphansOf(owner.namespace())));
        return all;
    }
}
