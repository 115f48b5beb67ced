package dev.fairway.controllers.daemonset;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.IntOrPercent;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What has to happen for a DaemonSet to have its Pods, and how it stands.
 *
 * @param create names of nodes that need a Pod
 * @param delete Pods that have to go
 * @param failed those of {@code delete} that failed and are replaced
 * @param checkAgain when a Pod becomes available by mere time; empty for never
 */
record DaemonSetPlan(
        List<String> create,
        List<KubeObject> delete,
        Set<String> failed,
        ObjectNode status,
        Optional<Instant> checkAgain) {

    private static final Comparator<KubeObject> OLDEST_FIRST =
            Comparator.comparing((KubeObject pod) -> Pods.node(pod).isEmpty())
                    .thenComparing(pod -> pod.creationTimestamp().orElse(Instant.MAX))
                    .thenComparing(KubeObject::name);

    /**
     * Plans for one set.
     *
     * @param pods the Pods that the set controls
     * @param hash the hash of the current revision
     */
    static DaemonSetPlan of(
            KubeObject set, Collection<KubeObject> nodes, Collection<KubeObject> pods, String hash, Instant now) {
        return new Planner(set, nodes, pods, hash, now).plan();
    }

    private static final class Planner {
        private final KubeObject set;
        private final String hash;
        private final Instant now;
        private final long minReadySeconds;
        private final Map<String, DaemonPods.Fit> fits = new TreeMap<>();
        private final Map<String, List<KubeObject>> byNode = new HashMap<>();
        private final List<String> create = new ArrayList<>();
        private final List<KubeObject> delete = new ArrayList<>();
        private final Set<String> failed = new HashSet<>();

        private Planner(
                KubeObject set, Collection<KubeObject> nodes, Collection<KubeObject> pods, String hash, Instant now) {
            this.set = set;
            this.hash = hash;
            this.now = now;
            this.minReadySeconds = set.at("/spec/minReadySeconds").asLong(0);
            nodes.forEach(node -> fits.put(node.name(), DaemonPods.fit(set, node)));
            pods.stream().sorted(OLDEST_FIRST).forEach(pod ->
                    byNode.computeIfAbsent(DaemonPods.nodeOf(pod), name -> new ArrayList<>()).add(pod));
        }

        private DaemonSetPlan plan() {
            if (!set.deleting()) {
                fits.forEach(this::manage);
                byNode.forEach((node, pods) -> {
                    if (!fits.containsKey(node)) {
                        pods.stream().filter(pod -> !pod.deleting()).forEach(delete::add);
                    }
                });
                if (create.isEmpty() && delete.isEmpty() && rolling()) {
                    roll();
                }
            }
            Optional<Instant> checkAgain = byNode.values().stream()
                    .flatMap(List::stream)
                    .flatMap(pod -> Pods.availableAt(pod, minReadySeconds).stream())
                    .filter(at -> at.isAfter(now))
                    .min(Instant::compareTo);
            return new DaemonSetPlan(create, delete, failed, status(), checkAgain);
        }

        private void manage(String node, DaemonPods.Fit fit) {
            List<KubeObject> pods = byNode.getOrDefault(node, List.of());
            if (!fit.shouldContinue()) {
                pods.stream().filter(pod -> !pod.deleting()).forEach(delete::add);
                return;
            }
            List<KubeObject> alive = new ArrayList<>();
            boolean going = false;
            for (KubeObject pod : pods) {
                if (pod.deleting()) {
                    going = true;
                } else if (Pods.terminal(pod)) {
                    // Its successor is made when it is gone.
                    going = true;
                    delete.add(pod);
                    failed.add(pod.name());
                } else {
                    alive.add(pod);
                }
            }
            if (alive.size() > 1) {
                surplus(alive).forEach(delete::add);
            } else if (alive.isEmpty() && !going && fit.shouldRun()) {
                create.add(node);
            }
        }

        /** One Pod a node, or during a surge an old one that serves while the new one comes up. */
        private List<KubeObject> surplus(List<KubeObject> alive) {
            Optional<KubeObject> fresh = alive.stream().filter(this::current).findFirst();
            Optional<KubeObject> old = alive.stream().filter(pod -> !current(pod)).findFirst();
            boolean surging = surge() > 0 && fresh.isPresent() && old.isPresent()
                    && !Pods.available(fresh.get(), minReadySeconds, now);
            KubeObject kept = fresh.orElse(alive.getFirst());
            return alive.stream()
                    .filter(pod -> pod != kept && !(surging && pod == old.get()))
                    .toList();
        }

        private boolean current(KubeObject pod) {
            return hash.equals(pod.labels().get(DaemonPods.HASH_LABEL));
        }

        private boolean rolling() {
            return !set.string("/spec/updateStrategy/type").equals("OnDelete");
        }

        private int desired() {
            return (int) fits.values().stream().filter(DaemonPods.Fit::shouldRun).count();
        }

        private int surge() {
            return IntOrPercent.resolve(
                    set.at("/spec/updateStrategy/rollingUpdate/maxSurge"), desired(), true, 0);
        }

        /** Replaces old Pods: first those that serve nobody anyway, then as many as may be missing. */
        private void roll() {
            int surge = surge();
            int allowed = surge > 0
                    ? 0
                    : Math.max(1, IntOrPercent.resolve(
                            set.at("/spec/updateStrategy/rollingUpdate/maxUnavailable"), desired(), true, 1));
            int unavailable = 0;
            int surging = 0;
            List<KubeObject> candidates = new ArrayList<>();
            for (Map.Entry<String, DaemonPods.Fit> node : fits.entrySet()) {
                if (!node.getValue().shouldRun()) {
                    continue;
                }
                List<KubeObject> pods = byNode.getOrDefault(node.getKey(), List.of());
                boolean available = pods.stream().anyMatch(this::serves);
                if (!available) {
                    unavailable++;
                }
                surging += pods.size() > 1 ? 1 : 0;
                pods.stream().filter(pod -> !current(pod) && !pod.deleting()).forEach(pod -> {
                    if (!available && surge == 0) {
                        delete.add(pod);
                    } else if (pods.size() == 1) {
                        candidates.add(pod);
                    }
                });
            }
            int room = surge > 0 ? surge - surging : allowed - unavailable;
            for (KubeObject pod : candidates.subList(0, Math.clamp(room, 0, candidates.size()))) {
                if (surge > 0) {
                    create.add(DaemonPods.nodeOf(pod));
                } else {
                    delete.add(pod);
                }
            }
        }

        private boolean serves(KubeObject pod) {
            return !pod.deleting() && Pods.available(pod, minReadySeconds, now);
        }

        private ObjectNode status() {
            int currentScheduled = 0;
            int misscheduled = 0;
            int ready = 0;
            int updated = 0;
            int available = 0;
            for (Map.Entry<String, DaemonPods.Fit> node : fits.entrySet()) {
                List<KubeObject> pods = byNode.getOrDefault(node.getKey(), List.of());
                if (!node.getValue().shouldRun()) {
                    misscheduled += pods.isEmpty() ? 0 : 1;
                    continue;
                }
                currentScheduled += pods.isEmpty() ? 0 : 1;
                ready += pods.stream().anyMatch(Pods::ready) ? 1 : 0;
                available += pods.stream().anyMatch(pod -> Pods.available(pod, minReadySeconds, now)) ? 1 : 0;
                updated += pods.stream().anyMatch(this::current) ? 1 : 0;
            }
            int desired = desired();
            ObjectNode status = Json.object();
            status.put("currentNumberScheduled", currentScheduled);
            status.put("numberMisscheduled", misscheduled);
            status.put("desiredNumberScheduled", desired);
            status.put("numberReady", ready);
            status.put("observedGeneration", set.generation());
            putUnlessZero(status, "updatedNumberScheduled", updated);
            putUnlessZero(status, "numberAvailable", available);
            putUnlessZero(status, "numberUnavailable", desired - available);
            JsonNode collisions = set.at("/status/collisionCount");
            putUnlessZero(status, "collisionCount", collisions.asInt(0));
            return status;
        }

        private static void putUnlessZero(ObjectNode status, String field, int value) {
            if (value != 0) {
                status.put(field, value);
            }
        }
    }
}
