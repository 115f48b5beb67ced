package dev.fairway.kube.events;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code core/v1 ObjectReference}: the object that an Event is about.
 *
 * @param namespace empty for a cluster-scoped object
 * @param fieldPath a part of the object, such as {@code spec.containers{web}}; empty for the whole
 */
public record ObjectReference(
        String apiVersion,
        String kind,
        String namespace,
        String name,
        String uid,
        String resourceVersion,
        String fieldPath) {

    public static ObjectReference of(KubeObject object) {
        return new ObjectReference(object.apiVersion(), object.kind(), object.namespace(), object.name(),
                object.uid(), object.resourceVersion(), "");
    }

    public ObjectReference withFieldPath(String path) {
        return new ObjectReference(apiVersion, kind, namespace, name, uid, resourceVersion, path);
    }

    /** The same object whatever its version, for telling whether two Events are about one thing. */
    ObjectReference anyVersion() {
        return new ObjectReference(apiVersion, kind, namespace, name, uid, "", fieldPath);
    }

    /** The API form; empty parts are left out. */
    public ObjectNode json() {
        ObjectNode node = Json.object();
        put(node, "kind", kind);
        put(node, "namespace", namespace);
        put(node, "name", name);
        put(node, "uid", uid);
        put(node, "apiVersion", apiVersion);
        put(node, "resourceVersion", resourceVersion);
        put(node, "fieldPath", fieldPath);
        return node;
    }

    private static void put(ObjectNode node, String field, String value) {
        if (!value.isEmpty()) {
            node.put(field, value);
        }
    }
}
