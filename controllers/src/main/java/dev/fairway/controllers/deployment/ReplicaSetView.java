package dev.fairway.controllers.deployment;

import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/**
 * A ReplicaSet as the planner sees it: what the server holds, and what it is to become.
 *
 * @param known the server's object; empty for one that is yet to be made
 * @param wanted the object with the planned changes
 */
record ReplicaSetView(Optional<KubeObject> known, KubeObject wanted) {
    static final Comparator<ReplicaSetView> OLDEST_FIRST = Comparator.<ReplicaSetView, Instant>comparing(
                    set -> set.wanted.creationTimestamp().orElse(Instant.MAX))
            .thenComparing(ReplicaSetView::name);

    static ReplicaSetView of(KubeObject known) {
        return new ReplicaSetView(Optional.of(known), known);
    }

    String name() {
        return wanted.name();
    }

    /** The planned {@code spec.replicas}. */
    int replicas() {
        return wanted.at("/spec/replicas").asInt(0);
    }

    boolean active() {
        return replicas() > 0;
    }

    int status(String field) {
        return wanted.at("/status").path(field).asInt(0);
    }

    int available() {
        return status("availableReplicas");
    }

    long revision() {
        return number(DeploymentAnnotations.REVISION).orElse(0);
    }

    OptionalInt number(String annotation) {
        try {
            String text = wanted.annotations().get(annotation);
            return text == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    boolean changed() {
        return known.isEmpty() || !known.get().equals(wanted);
    }

    ReplicaSetView withReplicas(int replicas) {
        KubeObject copy = wanted.copy();
        copy.spec().put("replicas", replicas);
        return new ReplicaSetView(known, copy);
    }

    ReplicaSetView withMinReadySeconds(long seconds) {
        if (wanted.at("/spec/minReadySeconds").asLong(0) == seconds) {
            return this;
        }
        KubeObject copy = wanted.copy();
        copy.spec().put("minReadySeconds", (int) seconds);
        return new ReplicaSetView(known, copy);
    }

    ReplicaSetView withAnnotations(Map<String, String> annotations) {
        if (wanted.annotations().entrySet().containsAll(annotations.entrySet())) {
            return this;
        }
        KubeObject copy = wanted.copy();
        ObjectNode into = copy.metadata().withObject("/annotations");
        annotations.forEach(into::put);
        return new ReplicaSetView(known, copy);
    }
}
