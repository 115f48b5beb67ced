package dev.fairway.controllers.cluster;

import dev.fairway.controllers.ControllerConfig;
import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.ResourceType;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTest {
    @TempDir
    private Path dir;

    @Test
    void aSilentNodeLosesItsPods() throws InterruptedException {
        ControllerConfig config = ControllerConfig.DEFAULT.withNodeMonitorGracePeriod(Duration.ofSeconds(1));
        try (TestCluster cluster = new TestCluster(dir, config, 1)) {
            cluster.createNamespace("ns");
            cluster.create(ResourceType.PODS, """
                    {apiVersion: 'v1', kind: 'Pod', metadata: {namespace: 'ns', name: 'leaves'},
                     spec: {containers: [{name: 'c', image: 'v0'}], tolerations: [
                       {key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1}]}}""");
            cluster.create(ResourceType.PODS, """
                    {apiVersion: 'v1', kind: 'Pod', metadata: {namespace: 'ns', name: 'stays'},
                     spec: {containers: [{name: 'c', image: 'v0'}], tolerations: [{operator: 'Exists'}]}}""");
            cluster.await(ResourceType.PODS, "ns", "stays", pod -> !Pods.node(pod).isEmpty());
            cluster.kubelet.silence();
            cluster.await(ResourceType.NODES, "", "node-1", node -> node.at("/spec/taints").valueStream()
                    .anyMatch(taint -> taint.path("key").asString().equals("node.kubernetes.io/unreachable")));
            cluster.await(ResourceType.PODS, "ns", "leaves", dev.fairway.kube.KubeObject::deleting);
            cluster.await(ResourceType.PODS, "ns", "stays", pod -> !pod.deleting() && !Pods.ready(pod));
        }
    }

    @Test
    void aCordonedNodeTakesNoMorePods() throws InterruptedException {
        try (TestCluster cluster = new TestCluster(dir, ControllerConfig.DEFAULT, 2)) {
            cluster.createNamespace("ns");
            cluster.patch(ResourceType.NODES, "", "node-1", "{spec: {unschedulable: true}}");
            cluster.await(ResourceType.NODES, "", "node-1", node -> !node.at("/spec/taints").isEmpty());
            cluster.createDeployment("web", 4);
            cluster.awaitRollout("web");
            cluster.await("all on node-2", ResourceType.PODS,
                    pods -> pods.size() == 4 && pods.stream().allMatch(pod -> Pods.node(pod).equals("node-2")));
        }
    }
}
