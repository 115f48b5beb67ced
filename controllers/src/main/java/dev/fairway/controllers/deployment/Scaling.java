package dev.fairway.controllers.deployment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A change of {@code spec.replicas}, also while a rollout is under way or paused. */
final class Scaling {
    private Scaling() {}

    /** True while some ReplicaSet still stands at the proportions of another size. */
    static boolean pending(Rollout rollout) {
        return rollout.active().stream().anyMatch(set -> {
            var desired = set.number(DeploymentAnnotations.DESIRED_REPLICAS);
            return desired.isPresent() && desired.getAsInt() != rollout.spec.replicas();
        });
    }

    static void apply(Rollout rollout) {
        int replicas = rollout.spec.replicas();
        Optional<ReplicaSetView> only = onlyOrLatest(rollout);
        if (only.isPresent()) {
            if (only.get().replicas() != replicas) {
                rollout.scale(only.get(), replicas);
            }
        } else if (rollout.current().filter(set -> saturated(set, replicas)).isPresent()) {
            rollout.activeOld().forEach(set -> rollout.scale(set, 0));
        } else {
            switch (rollout.spec.strategy()) {
                case DeploymentSpec.Strategy.Recreate() -> { }
                case DeploymentSpec.Strategy.RollingUpdate ignored -> proportionally(rollout);
            }
        }
    }

    /** The one ReplicaSet with Pods; with none, the latest; with several, nothing. */
    private static Optional<ReplicaSetView> onlyOrLatest(Rollout rollout) {
        List<ReplicaSetView> active = rollout.active();
        return switch (active.size()) {
            case 0 -> rollout.current().or(() -> rollout.old().stream().reduce((older, newer) -> newer));
            case 1 -> Optional.of(active.getFirst());
            default -> Optional.empty();
        };
    }

    private static boolean saturated(ReplicaSetView set, int replicas) {
        var desired = set.number(DeploymentAnnotations.DESIRED_REPLICAS);
        return desired.isPresent() && desired.getAsInt() == replicas
                && set.replicas() == replicas && set.available() == replicas;
    }

    /** Spreads the difference over all ReplicaSets with Pods by their sizes; the largest gets what is left over. */
    private static void proportionally(Rollout rollout) {
        int replicas = rollout.spec.replicas();
        int allowed = replicas > 0 ? replicas + rollout.spec.maxSurge() : 0;
        int toAdd = allowed - rollout.size();
        Comparator<ReplicaSetView> largest = Comparator.comparingInt(ReplicaSetView::replicas).reversed();
        List<ReplicaSetView> order = new ArrayList<>(rollout.active());
        order.sort(largest.thenComparing(
                toAdd > 0 ? ReplicaSetView.OLDEST_FIRST.reversed() : ReplicaSetView.OLDEST_FIRST));
        Map<ReplicaSetView, Integer> sizes = new LinkedHashMap<>();
        int added = 0;
        for (ReplicaSetView set : order) {
            int share = share(rollout, set, toAdd, added);
            sizes.put(set, set.replicas() + share);
            added += share;
        }
        int leftOver = toAdd - added;
        boolean first = true;
        for (Map.Entry<ReplicaSetView, Integer> entry : sizes.entrySet()) {
            rollout.scale(entry.getKey(), Math.max(0, entry.getValue() + (first ? leftOver : 0)));
            first = false;
        }
    }

    private static int share(Rollout rollout, ReplicaSetView set, int toAdd, int added) {
        int left = toAdd - added;
        if (left == 0) {
            return 0;
        }
        int fraction = fraction(rollout, set);
        return toAdd > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
    }

    private static int fraction(Rollout rollout, ReplicaSetView set) {
        int replicas = rollout.spec.replicas();
        if (replicas == 0) {
            return -set.replicas();
        }
        int before = set.number(DeploymentAnnotations.MAX_REPLICAS)
                .orElse(rollout.deployment.at("/status/replicas").asInt(0));
        if (before <= 0) {
            return 0;
        }
        double exact = (double) set.replicas() * (replicas + rollout.spec.maxSurge()) / before;
        return (int) Math.round(exact) - set.replicas();
    }
}
