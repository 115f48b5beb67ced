package dev.fairway.controllers.podgc;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which Pods to delete without waiting for a node. Pure.
 *
 * @param delete what is due now
 * @param checkAgain when the next Pod is due; empty for never
 */
record PodGarbage(List<Victim> delete, Optional<Instant> checkAgain) {
    /** A node may come back that fast, and its Pods with it. */
    static final Duration QUARANTINE = Duration.ofSeconds(40);

    /** @param orphaned its node is gone, so that its phase has to be set too */
    record Victim(KubeObject pod, boolean orphaned) {}

    /**
     * Looks at all Pods.
     *
     * @param nodes the names of the nodes there are
     * @param outOfService nodes of which an operator says that nothing runs there any more
     * @param missingSince since when each missing node is known to be missing
     * @param threshold how many ended Pods may stay
     */
    static PodGarbage of(
            Collection<KubeObject> pods,
            Set<String> nodes,
            Set<String> outOfService,
            Map<String, Instant> missingSince,
            int threshold,
            Instant now) {
        List<Victim> delete = new ArrayList<>();
        List<KubeObject> ended = new ArrayList<>();
        Optional<Instant> next = Optional.empty();
        for (KubeObject pod : pods) {
            String node = Pods.node(pod);
            if (node.isEmpty()) {
                if (pod.deleting()) {
                    delete.add(new Victim(pod, false));
                }
            } else if (!nodes.contains(node)) {
                Instant due = missingSince.getOrDefault(node, now).plus(QUARANTINE);
                if (due.isAfter(now)) {
                    next = Optional.of(next.filter(due::isAfter).orElse(due));
                } else {
                    delete.add(new Victim(pod, true));
                }
                continue;
            } else if (pod.deleting() && outOfService.contains(node)) {
                delete.add(new Victim(pod, false));
            }
            if (Pods.terminal(pod) && !pod.deleting()) {
                ended.add(pod);
            }
        }
        ended.stream()
                .sorted(Comparator.comparing(pod -> pod.creationTimestamp().orElse(Instant.MIN)))
                .limit(Math.max(0, ended.size() - threshold))
                .forEach(pod -> delete.add(new Victim(pod, false)));
        return new PodGarbage(delete, next);
    }
}
