package dev.fairway.kube.client;

import dev.fairway.kube.Json;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code metav1.DeleteOptions}.
 *
 * @param gracePeriodSeconds seconds a Pod gets to end by itself; empty for its own setting
 * @param propagation what happens to dependants; empty for the kind's default
 * @param uid delete only the object with this UID; empty for any
 */
public record DeleteOptions(OptionalLong gracePeriodSeconds, Optional<Propagation> propagation, String uid) {
    public static final DeleteOptions DEFAULT = new DeleteOptions(OptionalLong.empty(), Optional.empty(), "");

    /** {@code propagationPolicy}; the names are those of the API. */
    public enum Propagation {
        Background,
        Foreground,
        Orphan
    }

    public DeleteOptions withGracePeriod(long seconds) {
        return new DeleteOptions(OptionalLong.of(seconds), propagation, uid);
    }

    public DeleteOptions withPropagation(Propagation policy) {
        return new DeleteOptions(gracePeriodSeconds, Optional.of(policy), uid);
    }

    public DeleteOptions withUid(String expected) {
        return new DeleteOptions(gracePeriodSeconds, propagation, expected);
    }

    ObjectNode json() {
        ObjectNode node = Json.object().put("apiVersion", "v1").put("kind", "DeleteOptions");
        gracePeriodSeconds.ifPresent(seconds -> node.put("gracePeriodSeconds", seconds));
        propagation.ifPresent(policy -> node.put("propagationPolicy", policy.name()));
        if (!uid.isEmpty()) {
            node.putObject("preconditions").put("uid", uid);
        }
        return node;
    }
}
