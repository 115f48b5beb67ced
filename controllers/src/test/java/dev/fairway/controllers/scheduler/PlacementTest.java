package dev.fairway.controllers.scheduler;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static NodeInfo node(String name, String spec, PodInfo... pods) {
        Map<String, PodInfo> byUid = new HashMap<>();
        for (PodInfo pod : pods) {
            byUid.put(pod.uid(), pod);
        }
        return NodeInfo.of(object("""
                {metadata: {name: '%1$s', labels: {'kubernetes.io/hostname': '%1$s', zone: 'z-%1$s'}}, spec: {%2$s},
                 status: {allocatable: {cpu: '2', memory: '1Gi', pods: '3'}}}
                """.formatted(name, spec)), byUid);
    }

    private static int uids;

    private static PodInfo pod(String spec) {
        return PodInfo.of(object("""
                {metadata: {namespace: 'ns', name: 'p', uid: 'u%d', labels: {app: 'web'},
                            ownerReferences: [{kind: 'ReplicaSet', name: 'r', uid: 'r', controller: true}]},
                 spec: {containers: [{name: 'c'}] %s}}
                """.formatted(uids++, spec.isEmpty() ? "" : ", " + spec)));
    }

    private static PodInfo requesting(String cpu, String memory) {
        return PodInfo.of(object("""
                {metadata: {namespace: 'ns', name: 'p', uid: 'u%d'},
                 spec: {containers: [{name: 'c', resources: {requests: {cpu: '%s', memory: '%s'}}}]}}
                """.formatted(uids++, cpu, memory)));
    }

    private static Placement choose(PodInfo pod, NodeInfo... nodes) {
        return Placement.choose(pod, List.of(nodes), namespace -> Map.of("name", namespace));
    }

    private static String message(PodInfo pod, NodeInfo... nodes) {
        return switch (choose(pod, nodes)) {
            case Placement.Nowhere(String message) -> message;
            case Placement.On(String node) -> throw new AssertionError("placed on " + node);
        };
    }

    @Test
    void everyRefusalHasItsReason() {
        record Case(String expected, PodInfo pod, NodeInfo... nodes) {}
        String taint = "taints: [{key: 'k', value: 'v', effect: 'NoSchedule'}]";
        PodInfo hostPort = PodInfo.of(object("""
                {metadata: {uid: 'h'}, spec: {containers: [{ports: [{hostPort: 80, containerPort: 80}]}]}}"""));
        for (Case c : List.of(
                new Case("no nodes available to schedule pods", pod("")),
                new Case("0/1 nodes are available: 1 node(s) were unschedulable.", pod(""), node("a", "unschedulable: true")),
                new Case("0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.",
                        pod(""), node("a", taint), node("b", "unschedulable: true")),
                new Case("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
                        pod("nodeSelector: {disk: 'ssd'}"), node("a", ""), node("b", "")),
                new Case("0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.",
                        requesting("2001m", "2Gi"), node("a", "")),
                new Case("0/1 nodes are available: 1 Too many pods.",
                        pod(""), node("a", "", pod(""), pod(""), pod(""))),
                new Case("0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
                        PodInfo.of(hostPort.pod().copy()), node("a", "", hostPort)),
                new Case("0/1 nodes are available: 1 node(s) didn't match pod affinity rules.",
                        pod("""
                            affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [
                              {topologyKey: 'zone', labelSelector: {matchLabels: {app: 'other'}}}]}}"""), node("a", "")),
                new Case("0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label).",
                        pod("topologySpreadConstraints: [{maxSkew: 1, topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule'}]"),
                        node("a", "")))) {
            assertEquals(c.expected(), message(c.pod(), c.nodes()));
        }
    }

    @Test
    void antiAffinityWorksBothWays() {
        String anti = """
                affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [
                  {topologyKey: 'kubernetes.io/hostname', labelSelector: {matchLabels: {app: 'web'}}}]}}""";
        assertEquals(new Placement.On("b"), choose(pod(anti), node("a", "", pod("")), node("b", "")));
        assertEquals("0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.",
                message(pod(anti), node("a", "", pod(""))));
        assertEquals("0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules.",
                message(pod(""), node("a", "", pod(anti))));
    }

    @Test
    void affinityLetsTheFirstOfAGroupIn() {
        String own = """
                affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [
                  {topologyKey: 'zone', labelSelector: {matchLabels: {app: 'web'}}}]}}""";
        assertEquals(new Placement.On("a"), choose(pod(own), node("a", ""), node("b", "")));
        assertEquals(new Placement.On("b"), choose(pod(own), node("a", ""), node("b", "", pod(own))));
    }

    @Test
    void tolerationsOpenTaintedNodes() {
        NodeInfo tainted = node("a", "taints: [{key: 'k', value: 'v', effect: 'NoExecute'}]");
        for (String toleration : List.of(
                "{operator: 'Exists'}",
                "{key: 'k', operator: 'Exists'}",
                "{key: 'k', value: 'v'}",
                "{key: 'k', value: 'v', effect: 'NoExecute'}")) {
            assertEquals(new Placement.On("a"), choose(pod("tolerations: [" + toleration + "]"), tainted), toleration);
        }
        for (String toleration : List.of(
                "{key: 'other', operator: 'Exists'}",
                "{key: 'k', value: 'w'}",
                "{key: 'k', value: 'v', effect: 'NoSchedule'}")) {
            assertTrue(message(pod("tolerations: [" + toleration + "]"), tainted).contains("untolerated"), toleration);
        }
    }

    @Test
    void nodeAffinityTermsAreAlternatives() {
        String affinity = """
                affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
                  {matchExpressions: [{key: 'zone', operator: 'In', values: ['z-b']}]},
                  {matchFields: [{key: 'metadata.name', operator: 'In', values: ['c']}]},
                  {}]}}}""";
        assertEquals(new Placement.On("b"), choose(pod(affinity), node("a", ""), node("b", "")));
        assertEquals(new Placement.On("c"), choose(pod(affinity), node("a", ""), node("c", "")));
        assertTrue(message(pod(affinity), node("a", "")).contains("affinity/selector"));
    }

    @Test
    void replicasGoApart() {
        List<NodeInfo> nodes = new ArrayList<>(List.of(node("a", ""), node("b", ""), node("c", "")));
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            PodInfo pod = pod("");
            String name = ((Placement.On) Placement.choose(pod, nodes, namespace -> Map.of())).node();
            chosen.add(name);
            nodes.replaceAll(node -> node.name().equals(name) ? node.plus(pod) : node);
        }
        assertEquals(List.of("a", "b", "c", "a", "b", "c"), chosen);
    }

    @Test
    void spreadConstraintsHoldTheSkew() {
        String spread = """
                topologySpreadConstraints: [{maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule',
                  labelSelector: {matchLabels: {app: 'web'}}}]""";
        assertEquals(new Placement.On("b"), choose(pod(spread), node("a", "", pod(""), pod("")), node("b", "", pod(""))));
        assertEquals(
                "0/2 nodes are available: 1 Too many pods, 1 node(s) didn't match pod topology spread constraints.",
                message(pod(spread), node("a", "", pod("")), small("b")));
    }

    /** A node that counts for the spread but takes no Pod. */
    private static NodeInfo small(String name) {
        return NodeInfo.of(object("""
                {metadata: {name: '%1$s', labels: {zone: 'z-%1$s'}}, status: {allocatable: {pods: '0'}}}
                """.formatted(name)), Map.of());
    }

    @Test
    void sidecarsAndInitContainersCount() {
        PodInfo pod = PodInfo.of(object("""
                {metadata: {uid: 'x'}, spec: {
                  initContainers: [
                    {name: 's', restartPolicy: 'Always', resources: {requests: {cpu: '100m'}}},
                    {name: 'i', resources: {requests: {cpu: '1'}}}],
                  containers: [{name: 'c', resources: {requests: {cpu: '200m', memory: '1Mi'}}}],
                  overhead: {cpu: '10m'}}}"""));
        assertEquals(1_110, pod.requests().get("cpu"));
        assertEquals((1L << 20) * 1000, pod.requests().get("memory"));
    }
}
