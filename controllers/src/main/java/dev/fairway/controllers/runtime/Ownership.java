package dev.fairway.controllers.runtime;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import dev.fairway.kube.OwnerReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which objects a controlling owner has, should adopt, and should let go, by its selector.
 *
 * @param owned controlled by the owner and matching
 * @param adopt matching, not deleted, and without a controller
 * @param release controlled by the owner but no longer matching
 */
public record Ownership(List<KubeObject> owned, List<KubeObject> adopt, List<KubeObject> release) {

    /** Sorts candidates of the owner's namespace; an owner on its way out neither adopts nor releases. */
    public static Ownership of(KubeObject owner, LabelSelector selector, Collection<KubeObject> candidates) {
        List<KubeObject> owned = new ArrayList<>();
        List<KubeObject> adopt = new ArrayList<>();
        List<KubeObject> release = new ArrayList<>();
        for (KubeObject candidate : candidates) {
            Optional<OwnerReference> controller = candidate.controllerRef();
            boolean matches = selector.matches(candidate.labels());
            if (controller.isPresent()) {
                if (controller.get().uid().equals(owner.uid())) {
                    if (matches || owner.deleting()) {
                        owned.add(candidate);
                    } else {
                        release.add(candidate);
                    }
                }
            } else if (matches && !owner.deleting() && !candidate.deleting()) {
                adopt.add(candidate);
            }
        }
        return new Ownership(owned, adopt, release);
    }

    /** The strategic merge patch by which an owner takes control of an object. */
    public static ObjectNode adoption(KubeObject owner, KubeObject object) {
        ObjectNode patch = Json.object();
        ObjectNode metadata = patch.putObject("metadata").put("uid", object.uid());
        metadata.putArray("ownerReferences").add(OwnerReference.controllerOf(owner).json());
        return patch;
    }

    /** The strategic merge patch by which an owner gives an object up. */
    public static ObjectNode release(KubeObject owner, KubeObject object) {
        ObjectNode patch = Json.object();
        ObjectNode metadata = patch.putObject("metadata").put("uid", object.uid());
        metadata.putArray("ownerReferences").addObject().put("$patch", "delete").put("uid", owner.uid());
        return patch;
    }
}
