package dev.fairway.controllers.nodelifecycle;

import dev.fairway.controllers.scheduler.Taint;
import dev.fairway.controllers.scheduler.Toleration;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** When a Pod has to leave a node that does not want it any more. Pure. */
final class Eviction {
    private Eviction() {}

    /** The time to delete the Pod; empty where it tolerates every NoExecute taint for ever. */
    static Optional<Instant> at(KubeObject pod, KubeObject node, Instant now) {
        List<Toleration> tolerations = Toleration.of(pod);
        Optional<Instant> earliest = Optional.empty();
        for (JsonNode json : node.at("/spec/taints")) {
            Taint taint = new Taint(json.path("key").asString(""), json.path("value").asString(""),
                    json.path("effect").asString(""));
            if (!taint.effect().equals("NoExecute")) {
                continue;
            }
            List<Toleration> matching = tolerations.stream().filter(one -> one.tolerates(taint)).toList();
            if (matching.isEmpty()) {
                return Optional.of(now);
            }
            OptionalLong seconds = matching.stream()
                    .flatMapToLong(one -> one.seconds().stream())
                    .min();
            if (seconds.isPresent()) {
                Instant since = Times.parse(json.path("timeAdded").asString("")).orElse(now);
                Instant leave = since.plusSeconds(Math.max(0, seconds.getAsLong()));
                earliest = Optional.of(earliest.filter(leave::isAfter).orElse(leave));
            }
        }
        return earliest;
    }
}
