package dev.fairway.controllers.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatefulAndDaemonTest {
    @TempDir
    private Path dir;
    private TestCluster cluster;

    @BeforeEach
    void start() throws InterruptedException {
        cluster = new TestCluster(dir, ControllerConfig.DEFAULT, 2);
        cluster.createNamespace("ns");
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private Set<String> podNames() {
        return new TreeSet<>(cluster.list(ResourceType.PODS, "ns", KubeObject::name));
    }

    private void awaitReplicas(int replicas) throws InterruptedException {
        long generation = cluster.client.get(ResourceType.STATEFUL_SETS, "ns", "db").generation();
        cluster.await(ResourceType.STATEFUL_SETS, "ns", "db", set ->
                set.at("/status/observedGeneration").asLong(0) >= generation
                        && set.at("/status/replicas").asInt(-1) == replicas
                        && set.at("/status/readyReplicas").asInt(0) == replicas
                        && set.string("/status/currentRevision").equals(set.string("/status/updateRevision")));
    }

    @Test
    void statefulPodsKeepTheirNames() throws InterruptedException {
        cluster.create(ResourceType.STATEFUL_SETS, """
                {apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: {namespace: 'ns', name: 'db'},
                 spec: {serviceName: 'db', replicas: 3, selector: {matchLabels: {app: 'db'}},
                        template: {metadata: {labels: {app: 'db'}}, spec: {containers: [{name: 'c', image: 'v0'}]}}}}""");
        awaitReplicas(3);
        assertEquals(Set.of("db-0", "db-1", "db-2"), podNames());
        Set<String> uids = Set.copyOf(cluster.list(ResourceType.PODS, "ns", KubeObject::uid));
        cluster.patch(ResourceType.STATEFUL_SETS, "ns", "db",
                "{spec: {template: {spec: {containers: [{name: 'c', image: 'v1'}]}}}}");
        awaitReplicas(3);
        assertEquals(Set.of("db-0", "db-1", "db-2"), podNames());
        assertTrue(cluster.list(ResourceType.PODS, "ns", KubeObject::uid).stream().noneMatch(uids::contains));
        assertEquals(2, cluster.list(ResourceType.CONTROLLER_REVISIONS, "ns").size());
        cluster.patch(ResourceType.STATEFUL_SETS, "ns", "db", "{spec: {replicas: 1}}");
        awaitReplicas(1);
        assertEquals(Set.of("db-0"), podNames());
    }

    @Test
    void claimsGoWithTheirPodOrSetWhereThePolicySaysSo() throws InterruptedException {
        ResourceType claims = new ResourceType("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true);
        cluster.create(ResourceType.STATEFUL_SETS, """
                {apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: {namespace: 'ns', name: 'db'},
                 spec: {serviceName: 'db', replicas: 2, selector: {matchLabels: {app: 'db'}},
                        persistentVolumeClaimRetentionPolicy: {whenScaled: 'Delete', whenDeleted: 'Retain'},
                        template: {metadata: {labels: {app: 'db'}}, spec: {containers: [{name: 'c', image: 'v0'}]}},
                        volumeClaimTemplates: [{metadata: {name: 'data'}, spec: {accessModes: ['ReadWriteOnce'],
                                                resources: {requests: {storage: '1Gi'}}}}]}}""");
        awaitReplicas(2);
        assertEquals(Set.of("data-db-0", "data-db-1"), new TreeSet<>(cluster.list(claims, "ns", KubeObject::name)));
        cluster.patch(ResourceType.STATEFUL_SETS, "ns", "db", "{spec: {replicas: 1}}");
        cluster.awaitGone(claims, "ns", "data-db-1");
        cluster.patch(ResourceType.STATEFUL_SETS, "ns", "db",
                "{spec: {persistentVolumeClaimRetentionPolicy: {whenScaled: 'Retain', whenDeleted: 'Delete'}}}");
        cluster.await(claims, "ns", "data-db-0", claim -> claim.string("/metadata/ownerReferences/0/kind").equals("StatefulSet"));
        cluster.patch(ResourceType.STATEFUL_SETS, "ns", "db",
                "{spec: {persistentVolumeClaimRetentionPolicy: {whenScaled: 'Retain', whenDeleted: 'Retain'}}}");
        cluster.await(claims, "ns", "data-db-0", claim -> claim.at("/metadata/ownerReferences").isEmpty());
        cluster.patch(ResourceType.STATEFUL_SETS, "ns", "db", "{spec: {persistentVolumeClaimRetentionPolicy: {whenDeleted: 'Delete'}}}");
        cluster.await(claims, "ns", "data-db-0", claim -> !claim.at("/metadata/ownerReferences").isEmpty());
        cluster.client.delete(ResourceType.STATEFUL_SETS, "ns", "db", DeleteOptions.DEFAULT);
        cluster.awaitGone(claims, "ns", "data-db-0");
    }

    @Test
    void daemonsAreOnEveryNodeAndFollowTheirTemplate() throws InterruptedException {
        cluster.create(ResourceType.DAEMON_SETS, """
                {apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: {namespace: 'ns', name: 'agent'},
                 spec: {selector: {matchLabels: {app: 'agent'}},
                        template: {metadata: {labels: {app: 'agent'}}, spec: {containers: [{name: 'c', image: 'v0'}]}}}}""");
        awaitDaemons(2);
        cluster.addNode("node-3");
        awaitDaemons(3);
        assertEquals(List.of("node-1", "node-2", "node-3"),
                cluster.list(ResourceType.PODS, "ns", Pods::node).stream().sorted().toList());
        cluster.patch(ResourceType.DAEMON_SETS, "ns", "agent",
                "{spec: {template: {spec: {containers: [{name: 'c', image: 'v1'}]}}}}");
        awaitDaemons(3);
        assertTrue(cluster.list(ResourceType.PODS, "ns").stream()
                .allMatch(pod -> pod.string("/spec/containers/0/image").equals("v1")));
    }

    private void awaitDaemons(int nodes) throws InterruptedException {
        long generation = cluster.client.get(ResourceType.DAEMON_SETS, "ns", "agent").generation();
        cluster.await(ResourceType.DAEMON_SETS, "ns", "agent", set ->
                set.at("/status/observedGeneration").asLong(0) >= generation
                        && set.at("/status/desiredNumberScheduled").asInt(0) == nodes
                        && set.at("/status/updatedNumberScheduled").asInt(0) == nodes
                        && set.at("/status/numberAvailable").asInt(0) == nodes
                        && set.at("/status/currentNumberScheduled").asInt(0) == nodes);
        cluster.await("one Pod a node", ResourceType.PODS, pods -> pods.size() == nodes);
    }
}
