package dev.fairway.controllers.scheduler;

import dev.fairway.kube.KubeObject;
import java.util.List;

/** A taint of a node; the effect is {@code NoSchedule}, {@code PreferNoSchedule} or {@code NoExecute}. */
public record Taint(String key, String value, String effect) {
    public static List<Taint> of(KubeObject node) {
        return node.at("/spec/taints").valueStream()
                .map(taint -> new Taint(
                        taint.path("key").asString(""),
                        taint.path("value").asString(""),
                        taint.path("effect").asString("")))
                .toList();
    }

    boolean blocks() {
        return effect.equals("NoSchedule") || effect.equals("NoExecute");
    }

    boolean toleratedBy(List<Toleration> tolerations) {
        return tolerations.stream().anyMatch(toleration -> toleration.tolerates(this));
    }
}
