package dev.fairway.controllers.nodelifecycle;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.kube.KubeObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodeLifecycleTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private static KubeObject node(String ready, String spec) {
        return object("""
                {metadata: {name: 'n', creationTimestamp: '2026-01-01T00:00:00Z'}, spec: {%s},
                 status: {conditions: [{type: 'Ready', status: '%s', reason: 'r', message: 'm'}]}}
                """.formatted(spec, ready));
    }

    @Test
    void silenceMakesEverythingUnknown() {
        KubeObject node = node("True", "");
        var conditions = NodeHealth.silent(node, NOW).orElseThrow();
        assertEquals(List.of("Ready Unknown NodeStatusUnknown", "MemoryPressure Unknown NodeStatusNeverUpdated",
                "DiskPressure Unknown NodeStatusNeverUpdated", "PIDPressure Unknown NodeStatusNeverUpdated"),
                conditions.valueStream().map(c -> c.path("type").asString() + " " + c.path("status").asString() + " "
                        + c.path("reason").asString()).toList());
        node.status().set("conditions", conditions);
        assertEquals(Optional.empty(), NodeHealth.silent(node, NOW));
    }

    @Test
    void taintsFollowConditions() {
        record Case(String ready, String spec, String expected) {}
        String foreign = "taints: [{key: 'mine', effect: 'NoExecute'}]";
        String unreachable = "taints: [{key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: '2026-01-01T00:00:00Z'},"
                + " {key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule'}]";
        for (Case c : List.of(
                new Case("True", "", "as it is"),
                new Case("False", "", "node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute"),
                new Case("Unknown", "", "node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute"),
                new Case("Unknown", unreachable, "as it is"),
                new Case("True", unreachable, ""),
                new Case("True", foreign, "as it is"),
                new Case("True", "unschedulable: true", "node.kubernetes.io/unschedulable:NoSchedule"),
                new Case("False", foreign,
                        "mine:NoExecute node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute"))) {
            assertEquals(c.expected(), NodeTaints.change(node(c.ready(), c.spec()), NOW)
                    .map(taints -> String.join(" ", taints.valueStream()
                            .map(taint -> taint.path("key").asString() + ":" + taint.path("effect").asString()).toList()))
                    .orElse("as it is"), c.toString());
        }
    }

    @Test
    void podsLeaveWhenTheirTolerationEnds() {
        record Case(String tolerations, String expected) {}
        KubeObject node = node("Unknown",
                "taints: [{key: 'k', effect: 'NoExecute', timeAdded: '2026-01-01T00:59:00Z'}]");
        for (Case c : List.of(
                new Case("", "2026-01-01T01:00:00Z"),
                new Case("{key: 'k', operator: 'Exists'}", "never"),
                new Case("{key: 'k', operator: 'Exists', tolerationSeconds: 300}", "2026-01-01T01:04:00Z"),
                new Case("{key: 'k', operator: 'Exists', tolerationSeconds: 300}, {operator: 'Exists', tolerationSeconds: 90}",
                        "2026-01-01T01:00:30Z"),
                new Case("{key: 'k', operator: 'Exists', tolerationSeconds: -1}", "2026-01-01T00:59:00Z"),
                new Case("{key: 'other', operator: 'Exists'}", "2026-01-01T01:00:00Z"))) {
            KubeObject pod = object("{metadata: {name: 'p'}, spec: {tolerations: [" + c.tolerations() + "]}}");
            assertEquals(c.expected(), Eviction.at(pod, node, NOW).map(Instant::toString).orElse("never"), c.toString());
        }
    }
}
