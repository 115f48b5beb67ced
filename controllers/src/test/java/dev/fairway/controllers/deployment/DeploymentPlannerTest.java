package dev.fairway.controllers.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.controllers.Objects;
import dev.fairway.kube.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class DeploymentPlannerTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static DeploymentSimulation finished() {
        DeploymentSimulation world = new DeploymentSimulation(1, 3, "{type: 'RollingUpdate'}");
        while (!world.complete()) {
            world.step();
        }
        return world;
    }

    private static JsonNode condition(JsonNode status, String type) {
        return status.path("conditions").valueStream()
                .filter(condition -> condition.path("type").asString().equals(type)).findFirst().orElseThrow();
    }

    private static KubeObject fresh() {
        return Objects.object("""
                {apiVersion: 'apps/v1', kind: 'Deployment',
                 metadata: {namespace: 'ns', name: 'web', uid: 'd', generation: 1, annotations: {
                   team: 'a', 'kubectl.kubernetes.io/last-applied-configuration': '{}'}},
                 spec: {replicas: 2, selector: {matchLabels: {app: 'web'}},
                        template: {metadata: {labels: {app: 'web'}}, spec: {containers: [{name: 'c'}]}}}}
                """);
    }

    @Test
    void firstStepMakesTheReplicaSet() {
        DeploymentPlan plan = DeploymentPlanner.plan(fresh(), List.of(), List.of(), START);
        KubeObject set = plan.create().orElseThrow();
        String hash = set.labels().get("pod-template-hash");
        assertEquals("web-" + hash, set.name());
        assertEquals(hash, set.string("/spec/selector/matchLabels/pod-template-hash"));
        assertEquals(hash, set.string("/spec/template/metadata/labels/pod-template-hash"));
        assertEquals(2, set.at("/spec/replicas").asInt());
        assertEquals("1", set.annotations().get("deployment.kubernetes.io/revision"));
        assertEquals("2", set.annotations().get("deployment.kubernetes.io/desired-replicas"));
        assertEquals("3", set.annotations().get("deployment.kubernetes.io/max-replicas"));
        assertEquals("a", set.annotations().get("team"));
        assertFalse(set.annotations().containsKey("kubectl.kubernetes.io/last-applied-configuration"));
        assertEquals(List.of("Scaled up replica set " + set.name() + " from 0 to 2"), plan.events());
        assertEquals(Optional.of("1"), plan.revision());
        JsonNode progressing = condition(plan.status(), "Progressing");
        assertEquals("NewReplicaSetCreated", progressing.path("reason").asString());
        assertEquals("Created new replica set \"" + set.name() + "\"", progressing.path("message").asString());
        assertEquals("Deployment does not have minimum availability.",
                condition(plan.status(), "Available").path("message").asString());
        assertEquals(Optional.of(Duration.ofSeconds(601)), plan.checkAgain());
    }

    @Test
    void finishedRolloutSaysSo() {
        DeploymentSimulation world = finished();
        JsonNode status = world.deployment().at("/status");
        String set = world.sets().keySet().iterator().next();
        assertEquals("ReplicaSet \"" + set + "\" has successfully progressed.",
                condition(status, "Progressing").path("message").asString());
        assertEquals("NewReplicaSetAvailable", condition(status, "Progressing").path("reason").asString());
        assertEquals("MinimumReplicasAvailable", condition(status, "Available").path("reason").asString());
        assertTrue(status.path("unavailableReplicas").isMissingNode());
    }

    @Test
    void finishedRolloutPlansNothing() {
        DeploymentSimulation world = finished();
        KubeObject before = world.deployment();
        world.controllerStep();
        assertEquals(before, world.deployment());
    }

    @Test
    void lackOfProgressEndsInATimeOut() {
        DeploymentSimulation world = finished();
        world.setImage("broken");
        world.controllerStep();
        DeploymentPlan plan = DeploymentPlanner.plan(
                world.deployment(), world.sets().values(), List.of(), Instant.parse("2026-02-01T00:00:00Z"));
        JsonNode progressing = condition(plan.status(), "Progressing");
        assertEquals("ProgressDeadlineExceeded", progressing.path("reason").asString());
        assertEquals("False", progressing.path("status").asString());
        assertEquals(Optional.empty(), plan.checkAgain());
    }

    @Test
    void goingBackTakesTheOldReplicaSetUpWithANewRevision() {
        DeploymentSimulation world = finished();
        world.setImage("v1");
        while (!world.complete()) {
            world.step();
        }
        world.setImage("v0");
        while (!world.complete()) {
            world.step();
        }
        assertEquals(2, world.sets().size());
        KubeObject current = world.sets().values().stream()
                .filter(set -> set.at("/spec/replicas").asInt() == 3).findFirst().orElseThrow();
        assertEquals("3", current.annotations().get("deployment.kubernetes.io/revision"));
        assertEquals("1", current.annotations().get("deployment.kubernetes.io/revision-history"));
        assertEquals("3", world.deployment().annotations().get("deployment.kubernetes.io/revision"));
    }

    @Test
    void historyIsCut() {
        DeploymentSimulation world = finished();
        ((ObjectNode) world.deployment().at("/spec")).put("revisionHistoryLimit", 1);
        for (int i = 1; i <= 4; i++) {
            world.setImage("v" + i);
            while (!world.complete()) {
                world.step();
            }
        }
        world.controllerStep();
        assertEquals(2, world.sets().size());
    }

    @Test
    void pausedDeploymentScalesButDoesNotRollOut() {
        DeploymentSimulation world = finished();
        world.setPaused(true);
        world.setImage("v1");
        world.setReplicas(5);
        world.controllerStep();
        assertEquals(1, world.sets().size());
        assertEquals(5, world.wantedTotal());
        assertEquals("DeploymentPaused",
                condition(world.deployment().at("/status"), "Progressing").path("reason").asString());
    }
}
