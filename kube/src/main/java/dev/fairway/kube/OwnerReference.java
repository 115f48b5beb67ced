package dev.fairway.kube;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An entry of {@code metadata.ownerReferences}. */
public record OwnerReference(
        String apiVersion, String kind, String name, String uid, boolean controller, boolean blockOwnerDeletion) {

    public static OwnerReference of(JsonNode node) {
        return new OwnerReference(
                node.path("apiVersion").asString(""),
                node.path("kind").asString(""),
                node.path("name").asString(""),
                node.path("uid").asString(""),
                node.path("controller").asBoolean(false),
                node.path("blockOwnerDeletion").asBoolean(false));
    }

    /** A reference by which {@code owner} controls its dependant and holds up foreground deletion. */
    public static OwnerReference controllerOf(KubeObject owner) {
        return new OwnerReference(owner.apiVersion(), owner.kind(), owner.name(), owner.uid(), true, true);
    }

    public ObjectNode json() {
        ObjectNode node = Json.object();
        node.put("apiVersion", apiVersion).put("kind", kind).put("name", name).put("uid", uid);
        if (controller) {
            node.put("controller", true);
        }
        if (blockOwnerDeletion) {
            node.put("blockOwnerDeletion", true);
        }
        return node;
    }
}
