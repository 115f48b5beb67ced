package dev.fairway.controllers.replicaset;

import dev.fairway.controllers.pods.DeletionOrder;
import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.Ownership;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What has to happen for a set to have its Pods.
 *
 * @param adopt Pods to take control of
 * @param release Pods to give up
 * @param create how many Pods to make
 * @param delete Pods to delete
 * @param active the set's living Pods, adopted ones included, before {@code create} and {@code delete}
 * @param checkAgain when a Pod becomes available by mere time; empty for never
 */
public record ReplicaSetPlan(
        List<KubeObject> adopt,
        List<KubeObject> release,
        int create,
        List<KubeObject> delete,
        List<KubeObject> active,
        Optional<Instant> checkAgain) {

    /** The most Pods made or deleted in one go, as upstream's {@code BurstReplicas}. */
    static final int BURST = 500;

    /**
     * Plans for one set.
     *
     * @param pods the Pods that the set controls, and those of its namespace that nobody controls
     * @param related Pods of sets with the same owner, by which crowded nodes are known
     */
    public static ReplicaSetPlan of(
            KubeObject set,
            LabelSelector selector,
            Collection<KubeObject> pods,
            Collection<KubeObject> related,
            Instant now) {
        Ownership ownership = Ownership.of(set, selector, pods.stream().filter(Pods::active).toList());
        List<KubeObject> active = new ArrayList<>(ownership.owned());
        active.addAll(ownership.adopt());
        int wanted = set.at("/spec/replicas").asInt(1);
        int missing = wanted - active.size();
        int create = 0;
        List<KubeObject> delete = List.of();
        if (!set.deleting()) {
            create = Math.clamp(missing, 0, BURST);
            if (missing < 0) {
                delete = DeletionOrder.of(active, related, now).subList(0, Math.min(-missing, BURST));
            }
        }
        long minReadySeconds = set.at("/spec/minReadySeconds").asLong(0);
        Optional<Instant> checkAgain = active.stream()
                .flatMap(pod -> Pods.availableAt(pod, minReadySeconds).stream())
                .filter(at -> at.isAfter(now))
                .min(Instant::compareTo);
        return new ReplicaSetPlan(ownership.adopt(), ownership.release(), create, delete, active, checkAgain);
    }
}
