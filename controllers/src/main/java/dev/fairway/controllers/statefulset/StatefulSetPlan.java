package dev.fairway.controllers.statefulset;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The next moves of a StatefulSet. With ordered Pods there is at most one at a time, and none while a Pod that is
 * asked for is not available.
 *
 * @param create ordinals to make, with the revision that each gets
 * @param delete Pods to delete: ended, no longer wanted, or of an old revision
 * @param checkAgain when a Pod becomes available by mere time; empty for never
 */
record StatefulSetPlan(List<Creation> create, List<KubeObject> delete, Optional<Instant> checkAgain) {

    record Creation(int ordinal, String revision) {}

    /**
     * Plans for one set.
     *
     * @param pods the Pods that the set controls
     * @param current the revision that Pods had before the update that is under way; equal to {@code update} without one
     * @param update the revision of the set's template
     */
    static StatefulSetPlan of(
            KubeObject set, Collection<KubeObject> pods, String current, String update, Instant now) {
        return new Planner(set, pods, current, update, now).plan();
    }

    private static final class Planner {
        private final StatefulSetSpec spec;
        private final String current;
        private final String update;
        private final Instant now;
        private final boolean deleting;
        private final TreeMap<Integer, KubeObject> wanted = new TreeMap<>();
        private final TreeMap<Integer, KubeObject> condemned = new TreeMap<>(Collections.reverseOrder());
        private final List<Creation> create = new ArrayList<>();
        private final List<KubeObject> delete = new ArrayList<>();

        private Planner(KubeObject set, Collection<KubeObject> pods, String current, String update, Instant now) {
            this.spec = StatefulSetSpec.of(set);
            this.current = current;
            this.update = update;
            this.now = now;
            this.deleting = set.deleting();
            for (KubeObject pod : pods) {
                StatefulPods.ordinal(set, pod.name())
                        .ifPresent(ordinal -> (spec.wants(ordinal) ? wanted : condemned).put(ordinal, pod));
            }
        }

        private StatefulSetPlan plan() {
            if (!deleting && fill() && shrink() && spec.rolling()) {
                roll();
            }
            Optional<Instant> checkAgain = wanted.values().stream()
                    .flatMap(pod -> Pods.availableAt(pod, spec.minReadySeconds()).stream())
                    .filter(at -> at.isAfter(now))
                    .min(Instant::compareTo);
            return new StatefulSetPlan(create, delete, checkAgain);
        }

        private boolean available(KubeObject pod) {
            return Pods.active(pod) && Pods.available(pod, spec.minReadySeconds(), now);
        }

        /** Makes what is missing, lowest ordinal first; false while ordered Pods have to be waited for. */
        private boolean fill() {
            for (int ordinal = spec.start(); ordinal < spec.start() + spec.replicas(); ordinal++) {
                KubeObject pod = wanted.get(ordinal);
                if (pod == null) {
                    create.add(new Creation(ordinal, revisionFor(ordinal)));
                } else if (Pods.terminal(pod) && !pod.deleting()) {
                    // A name can be used again only when its last bearer is gone.
                    delete.add(pod);
                } else if (available(pod)) {
                    continue;
                }
                if (spec.ordered()) {
                    return false;
                }
            }
            return true;
        }

        private String revisionFor(int ordinal) {
            return spec.rolling() && ordinal < spec.start() + spec.partition() ? current : update;
        }

        /** Drops what is too much, highest ordinal first; false while one is on its way out. */
        private boolean shrink() {
            for (KubeObject pod : condemned.values()) {
                if (!pod.deleting()) {
                    delete.add(pod);
                }
                if (spec.ordered()) {
                    return false;
                }
            }
            return true;
        }

        /** Replaces Pods of old revisions, highest ordinal first, while enough of the others are available. */
        private void roll() {
            int unavailable = (int) wanted.values().stream().filter(pod -> !available(pod)).count()
                    + spec.replicas() - wanted.size();
            int broken = 0;
            for (int ordinal : wanted.descendingKeySet()) {
                KubeObject pod = wanted.get(ordinal);
                if (ordinal < spec.start() + spec.partition()) {
                    return;
                }
                if (StatefulPods.revision(pod).equals(update)) {
                    continue;
                }
                if (pod.deleting()) {
                    return;
                }
                if (!available(pod)) {
                    // One that serves nobody costs nothing; but those above it must have come back first.
                    if (unavailable - broken <= spec.maxUnavailable()) {
                        delete.add(pod);
                        broken++;
                        continue;
                    }
                    return;
                }
                if (unavailable >= spec.maxUnavailable()) {
                    return;
                }
                delete.add(pod);
                unavailable++;
            }
        }
    }
}
