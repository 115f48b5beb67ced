package dev.fairway.controllers.scheduler;

import dev.fairway.kube.KubeObject;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * A Pod's toleration of taints.
 *
 * @param key empty for every key
 * @param effect empty for every effect
 * @param seconds how long a NoExecute taint is tolerated; empty for ever
 */
public record Toleration(String key, String operator, String value, String effect, OptionalLong seconds) {

    public static List<Toleration> of(KubeObject pod) {
        return pod.at("/spec/tolerations").valueStream().map(Toleration::of).toList();
    }

    private static Toleration of(JsonNode node) {
        JsonNode seconds = node.path("tolerationSeconds");
        return new Toleration(
                node.path("key").asString(""),
                node.path("operator").asString("Equal"),
                node.path("value").asString(""),
                node.path("effect").asString(""),
                seconds.isNumber() ? OptionalLong.of(seconds.asLong()) : OptionalLong.empty());
    }

    public boolean tolerates(Taint taint) {
        if (!effect.isEmpty() && !effect.equals(taint.effect()) || !key.isEmpty() && !key.equals(taint.key())) {
            return false;
        }
        return switch (operator) {
            case "Exists" -> true;
            case "Equal", "" -> !key.isEmpty() && value.equals(taint.value());
            case "Lt" -> compare(taint) < 0;
            case "Gt" -> compare(taint) > 0;
            default -> false;
        };
    }

    /** Taint value against this value, as numbers; 0 where either is none (KEP-5471). */
    private int compare(Taint taint) {
        try {
            return Long.compare(Long.parseLong(taint.value()), Long.parseLong(value));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
