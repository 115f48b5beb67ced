package dev.fairway.apiserver.encode;

import dev.fairway.kube.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * A list's metadata.
 *
 * @param resourceVersion the snapshot
 * @param continueToken   where the next page starts; empty on the last
 * @param remaining       how many items follow this page; 0 where that is not known
 */
public record ListMeta(long resourceVersion, String continueToken, long remaining) {
    ObjectNode toJson() {
        ObjectNode meta = Json.object();
        meta.put("resourceVersion", Long.toString(resourceVersion));
        if (!continueToken.isEmpty()) {
            meta.put("continue", continueToken);
            if (remaining > 0) {
                meta.put("remainingItemCount", remaining);
            }
        }
        return meta;
    }
}
