package dev.fairway.controllers.deployment;

import java.util.Optional;

/** The moves of a rolling update: new Pods within the surge, old ones out while enough stay available. */
final class RollingUpdate {
    private RollingUpdate() {}

    /** How large the new ReplicaSet may become, given the sum of all sizes and its own. */
    static int sizeOfNew(DeploymentSpec spec, int total, int own) {
        return switch (spec.strategy()) {
            case DeploymentSpec.Strategy.Recreate() -> spec.replicas();
            case DeploymentSpec.Strategy.RollingUpdate(int surge, int ignored) -> {
                int room = spec.replicas() + surge - total;
                yield room <= 0 ? own : own + Math.min(room, spec.replicas() - own);
            }
        };
    }

    /** Grows or shrinks the new ReplicaSet; returns whether its size changed. */
    static boolean scaleNew(Rollout rollout) {
        Optional<ReplicaSetView> current = rollout.current();
        if (current.isEmpty() || current.get().replicas() == rollout.spec.replicas()) {
            return false;
        }
        ReplicaSetView set = current.get();
        int size = set.replicas() > rollout.spec.replicas()
                ? rollout.spec.replicas()
                : sizeOfNew(rollout.spec, rollout.size(), set.replicas());
        return size != set.replicas() && rollout.scale(set, size);
    }

    /** Shrinks old ReplicaSets, Pods that are not available first; returns whether any changed. */
    static boolean scaleOld(Rollout rollout) {
        int minAvailable = rollout.spec.replicas() - rollout.spec.maxUnavailable();
        int newUnavailable = rollout.current().map(set -> set.replicas() - set.available()).orElse(0);
        int mayGo = rollout.size() - minAvailable - newUnavailable;
        if (rollout.activeOld().isEmpty() || mayGo <= 0) {
            return false;
        }
        boolean changed = dropUnavailable(rollout, mayGo);
        return dropAvailable(rollout, minAvailable) || changed;
    }

    /** Pods that serve nobody hold up a rollout without being of use. */
    private static boolean dropUnavailable(Rollout rollout, int mayGo) {
        int left = mayGo;
        boolean changed = false;
        for (ReplicaSetView set : rollout.activeOld()) {
            int drop = Math.min(left, set.replicas() - set.available());
            if (drop > 0) {
                left -= drop;
                changed |= rollout.scale(set, set.replicas() - drop);
            }
        }
        return changed;
    }

    private static boolean dropAvailable(Rollout rollout, int minAvailable) {
        // Pods that an earlier step has taken from a set may still be in its status: they do not count any more.
        int available = rollout.all().stream().mapToInt(set -> Math.min(set.available(), set.replicas())).sum();
        int left = available - minAvailable;
        boolean changed = false;
        for (ReplicaSetView set : rollout.activeOld()) {
            int drop = Math.min(left, set.replicas());
            if (drop > 0) {
                left -= drop;
                changed |= rollout.scale(set, set.replicas() - drop);
            }
        }
        return changed;
    }
}
