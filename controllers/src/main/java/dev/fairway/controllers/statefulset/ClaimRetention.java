package dev.fairway.controllers.statefulset;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whose end a claim shares, by {@code spec.persistentVolumeClaimRetentionPolicy} (KEP-1847): that of its StatefulSet,
 * that of a Pod which is scaled away, or nobody's. The garbage collector does the rest. Pure.
 */
final class ClaimRetention {
    private ClaimRetention() {
    }

    /**
     * The owners that a claim should have.
     *
     * @param scaledAway whether the Pod's ordinal is not wanted any more
     * @return empty when it has them
     */
    static Optional<ArrayNode> owners(KubeObject set, KubeObject pod, boolean scaledAway, KubeObject claim) {
        boolean whenDeleted = set.string("/spec/persistentVolumeClaimRetentionPolicy/whenDeleted").equals("Delete");
        boolean whenScaled = set.string("/spec/persistentVolumeClaimRetentionPolicy/whenScaled").equals("Delete");
        boolean ofPod = whenScaled && scaledAway;
        boolean ofSet = whenDeleted && !ofPod;
        ArrayNode owners = Json.mapper().createArrayNode();
        for (JsonNode owner : claim.at("/metadata/ownerReferences")) {
            boolean other = !is(owner, set) && !is(owner, pod);
            if (other || is(owner, set) && ofSet || is(owner, pod) && ofPod) {
                owners.add(owner);
            }
        }
        if (ofSet && owners.valueStream().noneMatch(owner -> is(owner, set))) {
            owners.add(reference("apps/v1", "StatefulSet", set));
        }
        if (ofPod && owners.valueStream().noneMatch(owner -> is(owner, pod))) {
            owners.add(reference("v1", "Pod", pod));
        }
        JsonNode had = claim.at("/metadata/ownerReferences");
        boolean same = owners.isEmpty() ? had.isEmpty() : owners.equals(had);
        return same ? Optional.empty() : Optional.of(owners);
    }

    private static boolean is(JsonNode owner, KubeObject object) {
        return owner.path("uid").asString("").equals(object.uid());
    }

    private static ObjectNode reference(String apiVersion, String kind, KubeObject object) {
        return Json.object().put("apiVersion", apiVersion).put("kind", kind).put("name", object.name()).put("uid", object.uid());
    }
}
