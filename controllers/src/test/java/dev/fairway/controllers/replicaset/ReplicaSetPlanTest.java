package dev.fairway.controllers.replicaset;

import static dev.fairway.controllers.Objects.object;
import static dev.fairway.controllers.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import dev.fairway.kube.OwnerReference;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplicaSetPlanTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
    private static final LabelSelector SELECTOR = LabelSelector.ofMap(Map.of("app", "web"));

    private static KubeObject set(int replicas) {
        return object("""
                {apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: {namespace: 'ns', name: 's', uid: 'u', generation: 3},
                 spec: {replicas: %d, template: {metadata: {labels: {app: 'web'}}}}}
                """.formatted(replicas));
    }

    private static KubeObject owned(KubeObject pod) {
        pod.metadata().putArray("ownerReferences").add(OwnerReference.controllerOf(set(1)).json());
        return pod;
    }

    private static ReplicaSetPlan plan(KubeObject set, KubeObject... pods) {
        return ReplicaSetPlan.of(set, SELECTOR, List.of(pods), List.of(pods), NOW);
    }

    private static List<String> names(List<KubeObject> objects) {
        return objects.stream().map(KubeObject::name).toList();
    }

    @Test
    void missingPodsAreMade() {
        assertEquals(2, plan(set(3), owned(pod("a", "n", true, "2026-01-01T00:00:00Z"))).create());
    }

    @Test
    void orphansAreAdoptedAndCount() {
        ReplicaSetPlan plan = plan(set(1), pod("orphan", "n", true, "2026-01-01T00:00:00Z"));
        assertEquals(List.of("orphan"), names(plan.adopt()));
        assertEquals(0, plan.create());
    }

    @Test
    void relabelledPodsAreReleasedAndReplaced() {
        KubeObject stray = owned(pod("stray", "n", true, "2026-01-01T00:00:00Z"));
        stray.metadata().withObject("/labels").put("app", "debug");
        ReplicaSetPlan plan = plan(set(1), stray);
        assertEquals(List.of("stray"), names(plan.release()));
        assertEquals(1, plan.create());
    }

    @Test
    void endedAndDeletedPodsDoNotCount() {
        KubeObject failed = owned(pod("failed", "n", false, ""));
        failed.status().put("phase", "Failed");
        KubeObject deleted = owned(pod("deleted", "n", true, ""));
        deleted.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z");
        assertEquals(2, plan(set(2), failed, deleted).create());
    }

    @Test
    void theCheapestPodsGoFirst() {
        String old = "2026-01-01T00:00:00Z";
        KubeObject unassigned = owned(pod("unassigned", "", false, ""));
        KubeObject unready = owned(pod("unready", "n1", false, old));
        KubeObject crowded = owned(pod("crowded", "n2", true, old));
        KubeObject crowded2 = owned(pod("crowded2", "n2", true, old));
        KubeObject alone = owned(pod("alone", "n3", true, old));
        KubeObject cheap = owned(pod("cheap", "n4", true, old));
        cheap.metadata().putObject("annotations").put("controller.kubernetes.io/pod-deletion-cost", "-5");
        KubeObject[] pods = {alone, crowded, unready, cheap, unassigned, crowded2};
        assertEquals(List.of("unassigned", "unready", "cheap", "crowded", "crowded2"), names(plan(set(1), pods).delete()));
    }

    @Test
    void aSetOnItsWayOutDoesNothing() {
        KubeObject going = set(5);
        going.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z");
        ReplicaSetPlan plan = plan(going, owned(pod("a", "n", true, "")), pod("orphan", "n", true, ""));
        assertEquals(0, plan.create());
        assertEquals(List.of(), plan.adopt());
        assertEquals(List.of(), plan.delete());
    }

    @Test
    void minReadySecondsAskForAnotherLook() {
        KubeObject set = set(1);
        set.spec().put("minReadySeconds", 60);
        KubeObject pod = owned(pod("a", "n", true, "2026-01-01T00:59:30Z"));
        ReplicaSetPlan plan = plan(set, pod);
        assertEquals(Optional.of(Instant.parse("2026-01-01T01:00:30Z")), plan.checkAgain());
        var status = ReplicaSetStatus.of(set, plan.active(), Optional.empty(), NOW);
        assertEquals("{\"replicas\":1,\"fullyLabeledReplicas\":1,\"readyReplicas\":1,\"observedGeneration\":3}", status.toString());
    }

    @Test
    void failuresBecomeAConditionAndGo() {
        KubeObject set = set(1);
        var failure = Optional.of(new ReplicaSetStatus.Failure("FailedCreate", "quota"));
        set.json().set("status", ReplicaSetStatus.of(set, List.of(), failure, NOW));
        assertEquals("quota", set.string("/status/conditions/0/message"));
        assertEquals(0, ReplicaSetStatus.of(set, List.of(), Optional.empty(), NOW).path("conditions").size());
    }
}
