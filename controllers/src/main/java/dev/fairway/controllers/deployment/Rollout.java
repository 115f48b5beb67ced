package dev.fairway.controllers.deployment;

import dev.fairway.controllers.runtime.TemplateHash;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.OwnerReference;
import dev.fairway.kube.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The ReplicaSets of one Deployment while one step is planned: starts from what the server holds, collects the
 * changes. Lives for one call of the planner.
 */
final class Rollout {
    static final String HASH_LABEL = "pod-template-hash";

    final KubeObject deployment;
    final DeploymentSpec spec;
    final List<String> events = new ArrayList<>();
    private final Map<String, ReplicaSetView> sets = new LinkedHashMap<>();
    private Optional<String> newest;
    private boolean created;

    Rollout(KubeObject deployment, DeploymentSpec spec, Collection<KubeObject> replicaSets) {
        this.deployment = deployment;
        this.spec = spec;
        replicaSets.stream().map(ReplicaSetView::of).sorted(ReplicaSetView.OLDEST_FIRST)
                .forEach(set -> sets.put(set.name(), set));
        JsonNode template = withoutHash(deployment.at("/spec/template"));
        this.newest = sets.values().stream()
                .filter(set -> withoutHash(set.wanted().at("/spec/template")).equals(template))
                .map(ReplicaSetView::name)
                .findFirst();
    }

    private static JsonNode withoutHash(JsonNode template) {
        JsonNode copy = TemplateHash.canonical(template);
        if (copy.at("/metadata/labels") instanceof ObjectNode labels) {
            labels.remove(HASH_LABEL);
        }
        return copy;
    }

    /** The ReplicaSet of the current template. */
    Optional<ReplicaSetView> current() {
        return newest.map(sets::get);
    }

    List<ReplicaSetView> all() {
        return List.copyOf(sets.values());
    }

    /** All but the current one, oldest first. */
    List<ReplicaSetView> old() {
        return sets.values().stream().filter(set -> newest.filter(set.name()::equals).isEmpty()).toList();
    }

    List<ReplicaSetView> activeOld() {
        return old().stream().filter(ReplicaSetView::active).toList();
    }

    List<ReplicaSetView> active() {
        return sets.values().stream().filter(ReplicaSetView::active).toList();
    }

    /** The sum of planned sizes. */
    int size() {
        return sets.values().stream().mapToInt(ReplicaSetView::replicas).sum();
    }

    int sum(String statusField) {
        return sets.values().stream().mapToInt(set -> set.status(statusField)).sum();
    }

    boolean created() {
        return created;
    }

    /** Sets a size, with the Event that tells of it; returns whether the size changed. */
    boolean scale(ReplicaSetView set, int replicas) {
        int before = set.replicas();
        sets.put(set.name(), set.withReplicas(replicas).withAnnotations(DeploymentAnnotations.sizes(spec)));
        if (before != replicas) {
            events.add("Scaled " + (before < replicas ? "up" : "down") + " replica set " + set.name() + " from "
                    + before + " to " + replicas);
        }
        return before != replicas;
    }

    /** Gives the current ReplicaSet the newest revision and what the Deployment hands down. */
    void noteRevision() {
        current().ifPresent(set -> {
            Map<String, String> changes =
                    new HashMap<>(DeploymentAnnotations.handedDown(deployment.annotations()));
            changes.putAll(DeploymentAnnotations.revision(set.wanted().annotations(), set.revision(), nextRevision()));
            sets.put(set.name(), set.withAnnotations(changes).withMinReadySeconds(spec.minReadySeconds()));
        });
    }

    private long nextRevision() {
        return old().stream().mapToLong(ReplicaSetView::revision).max().orElse(0) + 1;
    }

    /** Adds the ReplicaSet of a template that has none yet. */
    void create() {
        JsonNode template = deployment.at("/spec/template");
        String hash = TemplateHash.of(template, deployment.at("/status/collisionCount").asInt(0));
        KubeObject set =
                KubeObject.of(ResourceType.REPLICA_SETS, deployment.namespace(), deployment.name() + "-" + hash);
        ObjectNode labelled = (ObjectNode) template.deepCopy();
        labelled.withObject("/metadata/labels").put(HASH_LABEL, hash);
        set.metadata().set("labels", labelled.at("/metadata/labels").deepCopy());
        Map<String, String> annotations = new HashMap<>(DeploymentAnnotations.handedDown(deployment.annotations()));
        annotations.put(DeploymentAnnotations.REVISION, Long.toString(nextRevision()));
        annotations.putAll(DeploymentAnnotations.sizes(spec));
        ObjectNode into = set.metadata().putObject("annotations");
        annotations.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(entry -> into.put(entry.getKey(), entry.getValue()));
        set.metadata().putArray("ownerReferences").add(OwnerReference.controllerOf(deployment).json());
        int replicas = RollingUpdate.sizeOfNew(spec, size(), 0);
        set.spec().put("replicas", replicas);
        if (spec.minReadySeconds() > 0) {
            set.spec().put("minReadySeconds", (int) spec.minReadySeconds());
        }
        ObjectNode selector = deployment.at("/spec/selector") instanceof ObjectNode object
                ? object.deepCopy()
                : Json.object();
        selector.withObject("/matchLabels").put(HASH_LABEL, hash);
        set.spec().set("selector", selector);
        set.spec().set("template", labelled);
        sets.put(set.name(), new ReplicaSetView(Optional.empty(), set));
        newest = Optional.of(set.name());
        created = true;
        if (replicas > 0) {
            events.add("Scaled up replica set " + set.name() + " from 0 to " + replicas);
        }
    }

    /** Old ReplicaSets without Pods beyond the history limit, lowest revision first. */
    List<KubeObject> beyondHistory() {
        List<ReplicaSetView> kept = old().stream().filter(set -> !set.wanted().deleting()).toList();
        int excess = kept.size() - spec.revisionHistoryLimit();
        return kept.stream()
                .sorted(Comparator.comparingLong(ReplicaSetView::revision))
                .limit(Math.max(0, excess))
                .filter(set -> !set.active()
                        && set.status("replicas") == 0
                        && set.wanted().generation() <= set.wanted().at("/status/observedGeneration").asLong(0))
                .map(ReplicaSetView::wanted)
                .toList();
    }
}
