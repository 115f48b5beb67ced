package dev.fairway.controllers.daemonset;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.controllers.Objects;
import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DaemonSetPlanTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private static KubeObject set(String spec, String podSpec) {
        return object("""
                {apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: {namespace: 'ns', name: 'agent', uid: 's', generation: 4},
                 spec: {selector: {matchLabels: {app: 'agent'}},
                        template: {metadata: {labels: {app: 'agent'}}, spec: {containers: [{name: 'c'}] %s}} %s}}
                """.formatted(podSpec.isEmpty() ? "" : ", " + podSpec, spec.isEmpty() ? "" : ", " + spec));
    }

    private static KubeObject node(String name, String taint) {
        return object("""
                {metadata: {name: '%s', labels: {disk: 'ssd'}}, spec: {taints: [%s]}}""".formatted(name, taint));
    }

    private static KubeObject pod(String name, String node, String hash, boolean ready) {
        KubeObject pod = Objects.pod(name, node, ready, "2026-01-01T00:00:00Z");
        pod.metadata().withObject("/labels").put("controller-revision-hash", hash);
        return pod;
    }

    private static DaemonSetPlan plan(KubeObject set, List<KubeObject> nodes, KubeObject... pods) {
        return DaemonSetPlan.of(set, nodes, List.of(pods), "h2", NOW);
    }

    private static List<String> names(List<KubeObject> pods) {
        return pods.stream().map(KubeObject::name).sorted().toList();
    }

    @Test
    void everyFittingNodeGetsAPod() {
        List<KubeObject> nodes = List.of(
                node("a", ""),
                node("b", "{key: 'k', effect: 'NoSchedule'}"),
                node("c", "{key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule'}"));
        assertEquals(List.of("a", "c"), plan(set("", ""), nodes).create());
        assertEquals(List.of("a", "b", "c"), plan(set("", "tolerations: [{operator: 'Exists'}]"), nodes).create());
        assertEquals(List.of(), plan(set("", "nodeSelector: {disk: 'hdd'}"), nodes).create());
    }

    @Test
    void podsLeaveWhereTheyMayNotStay() {
        assertEquals(List.of("p"), names(plan(set("", ""),
                List.of(node("a", "{key: 'k', effect: 'NoExecute'}")), pod("p", "a", "h2", true)).delete()));
        assertEquals(List.of(), plan(set("", ""),
                List.of(node("a", "{key: 'k', effect: 'NoSchedule'}")), pod("p", "a", "h2", true)).delete());
        assertEquals(List.of("p"), names(plan(set("", ""), List.of(), pod("p", "gone", "h2", true)).delete()));
    }

    @Test
    void duplicatesAndFailuresAreRemoved() {
        KubeObject failed = pod("f", "b", "h2", false);
        failed.status().put("phase", "Failed");
        DaemonSetPlan plan = plan(set("", ""), List.of(node("a", ""), node("b", "")),
                pod("p1", "a", "h2", true), pod("p2", "a", "h2", true), failed);
        assertEquals(List.of("f", "p2"), names(plan.delete()));
        assertEquals(List.of(), plan.create());
    }

    @Test
    void theNewPodIsPinnedToItsNode() {
        KubeObject pod = DaemonPods.forNode(set("", ""), "h2", "a");
        assertEquals("a", DaemonPods.nodeOf(pod));
        assertEquals("h2", pod.labels().get("controller-revision-hash"));
        assertEquals("4", pod.labels().get("pod-template-generation"));
        assertTrue(pod.at("/spec/tolerations").size() >= 6);
    }

    @Test
    void rollingUpdateTakesBrokenPodsFirstAndThenItsAllowance() {
        List<KubeObject> nodes = Stream.of("a", "b", "c").map(name -> node(name, "")).toList();
        assertEquals(List.of("pb"), names(plan(set("", ""), nodes,
                pod("pa", "a", "h1", true), pod("pb", "b", "h1", false), pod("pc", "c", "h1", true)).delete()));
        assertEquals(List.of("pa"), names(plan(set("", ""), nodes,
                pod("pa", "a", "h1", true), pod("pb", "b", "h1", true), pod("pc", "c", "h1", true)).delete()));
        assertEquals(List.of(), plan(set("updateStrategy: {type: 'OnDelete'}", ""), nodes,
                pod("pa", "a", "h1", true), pod("pb", "b", "h1", true), pod("pc", "c", "h1", true)).delete());
    }

    @Test
    void updatesStayWithinTheirBoundsAndEnd() {
        for (long seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            int count = 2 + random.nextInt(5);
            int unavailable = 1 + random.nextInt(2);
            boolean surge = random.nextBoolean();
            String name = "seed " + seed + ", nodes " + count + ", unavailable " + unavailable + ", surge " + surge;
            KubeObject set = set("updateStrategy: {rollingUpdate: {"
                    + (surge ? "maxSurge: 1, maxUnavailable: 0" : "maxUnavailable: " + unavailable) + "}}", "");
            List<KubeObject> nodes = new ArrayList<>();
            List<KubeObject> pods = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                nodes.add(node("n" + i, ""));
                pods.add(pod("old" + i, "n" + i, "h1", true));
            }
            int made = 0;
            boolean done = false;
            for (int step = 0; step < 5_000 && !done; step++) {
                if (random.nextInt(3) == 0) {
                    DaemonSetPlan plan = DaemonSetPlan.of(set, nodes, pods, "h2", NOW);
                    for (String node : plan.create()) {
                        pods.add(pod("new" + made++, node, "h2", false));
                    }
                    plan.delete().forEach(pod -> pod.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z"));
                } else if (!pods.isEmpty()) {
                    KubeObject pod = pods.get(random.nextInt(pods.size()));
                    if (pod.deleting()) {
                        pods.remove(pod);
                    } else {
                        ((ObjectNode) pod.at("/status/conditions/0")).put("status", "True");
                    }
                }
                long served = nodes.stream().filter(node -> pods.stream().anyMatch(pod ->
                        Pods.node(pod).equals(node.name()) && Pods.ready(pod) && !pod.deleting())).count();
                assertTrue(served >= count - (surge ? 0 : unavailable), name + ": " + served + " nodes served");
                done = pods.size() == count && pods.stream().allMatch(pod ->
                        pod.labels().get("controller-revision-hash").equals("h2") && Pods.ready(pod));
            }
            assertTrue(done, name + ": does not end");
        }
    }

    @Test
    void theStatusCounts() {
        DaemonSetPlan plan = plan(set("", ""), List.of(node("a", ""), node("b", ""), node("c", "{key: 'k', effect: 'NoSchedule'}")),
                pod("pa", "a", "h2", true), pod("pc", "c", "h2", true));
        assertEquals("{\"currentNumberScheduled\":1,\"numberMisscheduled\":1,\"desiredNumberScheduled\":2,\"numberReady\":1,"
                + "\"observedGeneration\":4,\"updatedNumberScheduled\":1,\"numberAvailable\":1,\"numberUnavailable\":1}",
                plan.status().toString());
    }
}
