package dev.fairway.controllers.deployment;

import dev.fairway.controllers.Objects;
import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/**
 * One Deployment in a world of its own: the planner's steps, ReplicaSets that make and drop Pods, Pods that become
 * ready or fail, in any order that the seed gives.
 */
final class DeploymentSimulation {
    private final Random random;
    private KubeObject deployment;
    private final Map<String, KubeObject> sets = new LinkedHashMap<>();
    private final Map<String, List<SimulatedPod>> pods = new LinkedHashMap<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private int uid;

    private static final class SimulatedPod {
        private boolean ready;
    }

    DeploymentSimulation(long seed, int replicas, String strategy) {
        this.random = new Random(seed);
        this.deployment = Objects.object("""
                {apiVersion: 'apps/v1', kind: 'Deployment',
                 metadata: {namespace: 'ns', name: 'web', uid: 'd', generation: 1},
                 spec: {replicas: %d, strategy: %s, selector: {matchLabels: {app: 'web'}},
                        template: {metadata: {labels: {app: 'web'}}, spec: {containers: [{name: 'c', image: 'v0'}]}}}}
                """.formatted(replicas, strategy));
    }

    void setImage(String image) {
        deployment = deployment.copy();
        ((ObjectNode) deployment.at("/spec/template/spec/containers/0")).put("image", image);
        bump();
    }

    void setReplicas(int replicas) {
        deployment = deployment.copy();
        deployment.spec().put("replicas", replicas);
        bump();
    }

    void setPaused(boolean paused) {
        deployment = deployment.copy();
        deployment.spec().put("paused", paused);
        bump();
    }

    private void bump() {
        deployment.metadata().put("generation", (int) deployment.generation() + 1);
    }

    /** One random event: a controller's step or a change of a Pod. */
    void step() {
        now = now.plusMillis(100);
        switch (random.nextInt(4)) {
            case 0 -> controllerStep();
            case 1 -> replicaSetStep();
            default -> podStep();
        }
    }

    void controllerStep() {
        DeploymentPlan plan = DeploymentPlanner.plan(deployment, sets.values(), podObjects(), now);
        plan.create().ifPresent(set -> {
            set.metadata().put("uid", "rs" + uid++).put("generation", 1)
                    .put("creationTimestamp", Times.format(now));
            sets.put(set.name(), normal(set));
            pods.put(set.name(), new ArrayList<>());
        });
        plan.updates().forEach(set -> sets.put(set.name(), normal(set)));
        plan.deletions().forEach(set -> {
            if (!pods.get(set.name()).isEmpty()) {
                throw new AssertionError("deleted a ReplicaSet that has Pods: " + set.name());
            }
            sets.remove(set.name());
            pods.remove(set.name());
        });
        deployment = deployment.copy();
        deployment.json().set("status", plan.status());
        plan.revision().ifPresent(revision ->
                deployment.metadata().withObject("/annotations").put(DeploymentAnnotations.REVISION, revision));
        deployment = normal(deployment);
    }

    private void replicaSetStep() {
        for (KubeObject set : List.copyOf(sets.values())) {
            List<SimulatedPod> own = pods.get(set.name());
            int wanted = set.at("/spec/replicas").asInt(0);
            while (own.size() < wanted) {
                own.add(new SimulatedPod());
            }
            own.sort((a, b) -> Boolean.compare(b.ready, a.ready));
            while (own.size() > wanted) {
                own.removeLast();
            }
            report(set);
        }
    }

    private void podStep() {
        List<SimulatedPod> all = pods.values().stream().flatMap(List::stream).toList();
        if (!all.isEmpty()) {
            all.get(random.nextInt(all.size())).ready = true;
        }
        sets.values().stream().toList().forEach(this::report);
    }

    private void report(KubeObject set) {
        List<SimulatedPod> own = pods.get(set.name());
        int ready = (int) own.stream().filter(pod -> pod.ready).count();
        KubeObject copy = set.copy();
        copy.json().set("status", Json.object().put("replicas", own.size()).put("readyReplicas", ready)
                .put("availableReplicas", ready).put("observedGeneration", 1));
        sets.put(set.name(), copy);
    }

    private List<KubeObject> podObjects() {
        List<KubeObject> objects = new ArrayList<>();
        sets.forEach((name, set) -> pods.get(name).forEach(pod -> {
            KubeObject object = Pods.fromTemplate(set.at("/spec/template"), set);
            objects.add(object);
        }));
        return objects;
    }

    private static KubeObject normal(KubeObject object) {
        return KubeObject.parse(object.bytes());
    }

    int available() {
        return (int) pods.values().stream().flatMap(List::stream).filter(pod -> pod.ready).count();
    }

    int total() {
        return pods.values().stream().mapToInt(List::size).sum();
    }

    int wantedTotal() {
        return sets.values().stream().mapToInt(set -> set.at("/spec/replicas").asInt(0)).sum();
    }

    DeploymentSpec spec() {
        return DeploymentSpec.of(deployment);
    }

    boolean complete() {
        int replicas = spec().replicas();
        return deployment.at("/status/observedGeneration").asLong(0) == deployment.generation()
                && deployment.at("/status/updatedReplicas").asInt(0) == replicas
                && deployment.at("/status/replicas").asInt(0) == replicas
                && deployment.at("/status/availableReplicas").asInt(0) == replicas;
    }

    KubeObject deployment() {
        return deployment;
    }

    Map<String, KubeObject> sets() {
        return sets;
    }

    /** Image per ReplicaSet that has Pods. */
    List<String> runningImages() {
        return sets.values().stream()
                .filter(set -> !pods.get(set.name()).isEmpty())
                .map(set -> set.string("/spec/template/spec/containers/0/image"))
                .toList();
    }
}
