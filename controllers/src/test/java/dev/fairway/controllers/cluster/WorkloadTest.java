package dev.fairway.controllers.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.controllers.ControllerConfig;
import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.DeleteOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadTest {
    @TempDir
    private Path dir;
    private TestCluster cluster;

    @BeforeEach
    void start() throws InterruptedException {
        cluster = new TestCluster(dir, ControllerConfig.DEFAULT.withRootCa("PEM"), 2);
        cluster.createNamespace("ns");
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private Set<String> podNames() {
        return new TreeSet<>(cluster.list(ResourceType.PODS, "ns", KubeObject::name));
    }

    @Test
    void aDeploymentRunsAndSpreads() throws InterruptedException {
        cluster.createDeployment("web", 4);
        KubeObject deployment = cluster.awaitRollout("web");
        assertEquals("1", deployment.annotations().get("deployment.kubernetes.io/revision"));
        List<KubeObject> pods = cluster.list(ResourceType.PODS, "ns");
        assertEquals(4, pods.size());
        assertEquals(List.of(2L, 2L), pods.stream()
                .collect(Collectors.groupingBy(Pods::node, Collectors.counting())).values().stream().toList());
        assertTrue(pods.stream().allMatch(pod ->
                Pods.condition(pod, "PodScheduled").path("status").asString("").equals("True")));
        String set = cluster.list(ResourceType.REPLICA_SETS, "ns").getFirst().name();
        assertTrue(pods.stream().allMatch(pod -> pod.name().startsWith(set + "-")));
        awaitEvent("Deployment", "ScalingReplicaSet", "Scaled up replica set " + set + " from 0 to 4");
        awaitEvent("ReplicaSet", "SuccessfulCreate", "Created pod: " + pods.getFirst().name());
        awaitEvent("Pod", "Scheduled",
                "Successfully assigned ns/" + pods.getFirst().name() + " to " + Pods.node(pods.getFirst()));
    }

    private void awaitEvent(String kind, String reason, String message) throws InterruptedException {
        cluster.await(kind + " " + reason + ": " + message, ResourceType.EVENTS, events -> events.stream().anyMatch(
                event -> event.string("/involvedObject/kind").equals(kind)
                        && event.string("/reason").equals(reason)
                        && event.string("/message").equals(message)));
    }

    @Test
    void aNewTemplateRollsOutAndBack() throws InterruptedException {
        cluster.createDeployment("web", 3);
        cluster.awaitRollout("web");
        Set<String> first = podNames();
        cluster.patch(ResourceType.DEPLOYMENTS, "ns", "web",
                "{spec: {template: {spec: {containers: [{name: 'c', image: 'v1', ports: [{name: 'web', containerPort: 8080}]}]}}}}");
        KubeObject second = cluster.awaitRollout("web");
        assertEquals("2", second.annotations().get("deployment.kubernetes.io/revision"));
        cluster.await("three Pods", ResourceType.PODS, pods -> pods.size() == 3);
        assertTrue(podNames().stream().noneMatch(first::contains));
        assertEquals(2, cluster.list(ResourceType.REPLICA_SETS, "ns").size());
        cluster.patch(ResourceType.DEPLOYMENTS, "ns", "web",
                "{spec: {template: {spec: {containers: [{name: 'c', image: 'v0', ports: [{name: 'web', containerPort: 8080}]}]}}}}");
        assertEquals("3", cluster.awaitRollout("web").annotations().get("deployment.kubernetes.io/revision"));
        assertEquals(2, cluster.list(ResourceType.REPLICA_SETS, "ns").size());
    }

    @Test
    void aLostPodIsReplaced() throws InterruptedException {
        cluster.createDeployment("web", 2);
        cluster.awaitRollout("web");
        String victim = podNames().iterator().next();
        cluster.client.delete(ResourceType.PODS, "ns", victim, DeleteOptions.DEFAULT.withGracePeriod(0));
        cluster.await("another second Pod", ResourceType.PODS, pods -> pods.size() == 2
                && pods.stream().allMatch(pod -> Pods.ready(pod) && !pod.name().equals(victim)));
    }

    @Test
    void scalingMakesAndDropsPods() throws InterruptedException {
        cluster.createDeployment("web", 1);
        cluster.awaitRollout("web");
        for (int replicas : new int[] {20, 3, 0, 2}) {
            cluster.patch(ResourceType.DEPLOYMENTS, "ns", "web", "{spec: {replicas: " + replicas + "}}");
            cluster.awaitRollout("web");
            cluster.await(replicas + " Pods", ResourceType.PODS, pods -> pods.size() == replicas);
        }
        assertEquals(1, cluster.list(ResourceType.REPLICA_SETS, "ns").size());
    }

    @Test
    void exactlyAsManyPodsAsAskedForAreEverMade() throws InterruptedException {
        cluster.createDeployment("web", 50);
        cluster.awaitRollout("web");
        assertEquals(50, podNames().size());
        long created = cluster.list(ResourceType.EVENTS, "ns").stream()
                .filter(event -> event.string("/reason").equals("SuccessfulDelete")).count();
        assertEquals(0, created);
    }

    @Test
    void aBrokenRolloutStopsWithEnoughPodsAvailable() throws InterruptedException {
        cluster.kubelet.breakImage("broken");
        cluster.createDeployment("web", 4);
        cluster.awaitRollout("web");
        cluster.patch(ResourceType.DEPLOYMENTS, "ns", "web",
                "{spec: {template: {spec: {containers: [{name: 'c', image: 'broken', ports: [{name: 'web', containerPort: 8080}]}]}}}}");
        KubeObject stuck = cluster.await(ResourceType.DEPLOYMENTS, "ns", "web",
                deployment -> deployment.at("/status/updatedReplicas").asInt(0) == 2);
        assertEquals(3, stuck.at("/status/availableReplicas").asInt(0));
        assertEquals(5, stuck.at("/status/replicas").asInt(0));
    }

    @Test
    void aDeletedDeploymentTakesEverythingWithIt() throws InterruptedException {
        cluster.createDeployment("web", 3);
        cluster.awaitRollout("web");
        cluster.client.delete(ResourceType.DEPLOYMENTS, "ns", "web", DeleteOptions.DEFAULT);
        cluster.await("no ReplicaSets", ResourceType.REPLICA_SETS, List::isEmpty);
        cluster.await("no Pods", ResourceType.PODS, List::isEmpty);
    }

    @Test
    void foregroundDeletionWaitsForDependants() throws InterruptedException {
        cluster.createDeployment("web", 2);
        cluster.awaitRollout("web");
        cluster.client.delete(ResourceType.DEPLOYMENTS, "ns", "web",
                DeleteOptions.DEFAULT.withPropagation(DeleteOptions.Propagation.Foreground));
        cluster.awaitGone(ResourceType.DEPLOYMENTS, "ns", "web");
        assertEquals(List.of(), cluster.list(ResourceType.REPLICA_SETS, "ns"));
        assertEquals(List.of(), cluster.list(ResourceType.PODS, "ns"));
    }

    @Test
    void orphansOutliveTheirOwner() throws InterruptedException {
        cluster.createDeployment("web", 2);
        cluster.awaitRollout("web");
        String set = cluster.list(ResourceType.REPLICA_SETS, "ns").getFirst().name();
        cluster.client.delete(ResourceType.DEPLOYMENTS, "ns", "web",
                DeleteOptions.DEFAULT.withPropagation(DeleteOptions.Propagation.Orphan));
        cluster.awaitGone(ResourceType.DEPLOYMENTS, "ns", "web");
        cluster.await(ResourceType.REPLICA_SETS, "ns", set, orphan -> orphan.ownerReferences().isEmpty());
        cluster.createDeployment("web", 2);
        cluster.await(ResourceType.REPLICA_SETS, "ns", set, adopted -> !adopted.ownerReferences().isEmpty());
        assertEquals(2, podNames().size());
    }

    @Test
    void aNamespaceGoesWithAllInIt() throws InterruptedException {
        cluster.createDeployment("web", 3);
        cluster.awaitRollout("web");
        cluster.create(ResourceType.SERVICES, """
                {apiVersion: 'v1', kind: 'Service', metadata: {namespace: 'ns', name: 'web'},
                 spec: {selector: {app: 'web'}, ports: [{port: 80, targetPort: 'web'}]}}""");
        cluster.await(ResourceType.ENDPOINTS, "ns", "web", endpoints -> !endpoints.at("/subsets").isEmpty());
        cluster.client.delete(ResourceType.NAMESPACES, "", "ns", DeleteOptions.DEFAULT);
        cluster.awaitGone(ResourceType.NAMESPACES, "", "ns");
        for (ResourceType type : List.of(ResourceType.PODS, ResourceType.DEPLOYMENTS, ResourceType.REPLICA_SETS,
                ResourceType.SERVICES, ResourceType.ENDPOINTS, ResourceType.ENDPOINT_SLICES,
                ResourceType.SERVICE_ACCOUNTS, ResourceType.CONFIG_MAPS, ResourceType.EVENTS)) {
            assertEquals(List.of(), cluster.list(type, "ns", KubeObject::name), type.toString());
        }
    }

    @Test
    void everyNamespaceHasItsAccountAndCa() throws InterruptedException {
        cluster.await(ResourceType.SERVICE_ACCOUNTS, "ns", "default", account -> true);
        KubeObject map = cluster.await(ResourceType.CONFIG_MAPS, "ns", "kube-root-ca.crt", ca -> true);
        assertEquals("PEM", map.string("/data/ca.crt"));
        cluster.client.delete(ResourceType.CONFIG_MAPS, "ns", "kube-root-ca.crt", DeleteOptions.DEFAULT);
        KubeObject again = cluster.await(ResourceType.CONFIG_MAPS, "ns", "kube-root-ca.crt",
                ca -> !ca.uid().equals(map.uid()));
        assertNotEquals(map.uid(), again.uid());
    }

    @Test
    void aPodWithoutAPlaceSaysWhyAndGoesWhereOneComesUp() throws InterruptedException {
        cluster.create(ResourceType.PODS, """
                {apiVersion: 'v1', kind: 'Pod', metadata: {namespace: 'ns', name: 'picky'},
                 spec: {nodeSelector: {'kubernetes.io/hostname': 'node-3'}, containers: [{name: 'c', image: 'v0'}]}}""");
        String message = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.";
        cluster.await(ResourceType.PODS, "ns", "picky",
                pod -> Pods.condition(pod, "PodScheduled").path("message").asString("").equals(message));
        awaitEvent("Pod", "FailedScheduling", message);
        cluster.addNode("node-3");
        cluster.await(ResourceType.PODS, "ns", "picky", Pods::ready);
    }
}
