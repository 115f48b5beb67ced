package dev.fairway.controllers.pods;

import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which Pods a shrinking ReplicaSet gives up first: those that cost least to lose (upstream's
 * {@code ActivePodsWithRanks}).
 */
public final class DeletionOrder {
    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
    private static final List<String> PHASES = List.of("Pending", "Unknown", "Running");

    private DeletionOrder() {}

    /**
     * The Pods of a set in the order in which to delete them.
     *
     * @param related Pods of all sets with the same owner, by which crowded nodes are known
     */
    public static List<KubeObject> of(Collection<KubeObject> pods, Collection<KubeObject> related, Instant now) {
        Map<String, Integer> onNode = new HashMap<>();
        for (KubeObject pod : related) {
            if (Pods.active(pod) && !Pods.node(pod).isEmpty()) {
                onNode.merge(Pods.node(pod), 1, Integer::sum);
            }
        }
        Comparator<KubeObject> order = Comparator.<KubeObject, Boolean>comparing(pod -> !Pods.node(pod).isEmpty())
                .thenComparing(pod -> PHASES.indexOf(Pods.phase(pod)))
                .thenComparing(Pods::ready)
                .thenComparingLong(DeletionOrder::cost)
                .thenComparingInt(pod -> -onNode.getOrDefault(Pods.node(pod), 0))
                .thenComparing(pod -> Pods.ready(pod) ? age(Pods.readyTransition(pod), now) : 0)
                .thenComparingInt(pod -> -Pods.restarts(pod))
                .thenComparing(pod -> age(pod.creationTimestamp(), now))
                .thenComparing(KubeObject::uid);
        return pods.stream().sorted(order).toList();
    }

    /** Ages in powers of two seconds, so that a few seconds' difference does not decide; unknown is oldest. */
    private static int age(Optional<Instant> since, Instant now) {
        long seconds = since.map(instant -> now.getEpochSecond() - instant.getEpochSecond()).orElse(Long.MAX_VALUE);
        return seconds <= 0 ? 0 : 64 - Long.numberOfLeadingZeros(seconds);
    }

    private static long cost(KubeObject pod) {
        String text = pod.annotations().getOrDefault(COST, "0");
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
