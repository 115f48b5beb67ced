package dev.fairway.controllers.runtime;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.informer.Informer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes an object's status where it differs from what is there. */
public final class Statuses {
    private Statuses() {}

    /** Equal as JSON text; computed trees and parsed ones differ in their number types. */
    public static boolean same(JsonNode a, JsonNode b) {
        return normal(a).equals(normal(b));
    }

    private static JsonNode normal(JsonNode node) {
        return node.isMissingNode() ? node : Json.mapper().readTree(Json.bytes(node));
    }

    /**
     * Replaces the status of an object, on the condition that nobody changed the object since {@code known}.
     *
     * @return whether anything was written
     */
    public static boolean update(
            ApiClient client, WriteFence fence, Informer informer, KubeObject known, ObjectNode status) {
        if (same(status, known.at("/status"))) {
            return false;
        }
        KubeObject changed = known.copy();
        changed.json().set("status", status);
        try {
            fence.wrote(known.key(), informer, client.updateStatus(informer.type(), changed));
            return true;
        } catch (ApiException e) {
            if (e.notFound()) {
                // It went meanwhile; the informer will say so.
                return false;
            }
            throw e;
        }
    }
}
