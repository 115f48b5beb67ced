package dev.fairway.controllers.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.controllers.ControllerConfig;
import dev.fairway.controllers.Objects;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.PatchType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceTest {
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

    private void createService(String spec) {
        cluster.create(ResourceType.SERVICES, """
                {apiVersion: 'v1', kind: 'Service', metadata: {namespace: 'ns', name: 'web'},
                 spec: {ports: [{name: 'http', port: 80, targetPort: 'web'}] %s}}
                """.formatted(spec.isEmpty() ? "" : ", " + spec));
    }

    private void awaitSlices(String what, long ready, long all) throws InterruptedException {
        cluster.await(what, ResourceType.ENDPOINT_SLICES, slices -> {
            List<String> states = slices.stream()
                    .filter(slice -> slice.namespace().equals("ns"))
                    .flatMap(slice -> slice.at("/endpoints").valueStream())
                    .map(endpoint -> endpoint.at("/conditions/ready").asString())
                    .toList();
            return states.size() == all && states.stream().filter("true"::equals).count() == ready;
        });
    }

    @Test
    void slicesAndEndpointsFollowThePods() throws InterruptedException {
        createService("selector: {app: 'web'}");
        awaitSlices("empty slice", 0, 0);
        cluster.createDeployment("web", 3);
        awaitSlices("three ready", 3, 3);
        KubeObject endpoints = cluster.await(ResourceType.ENDPOINTS, "ns", "web",
                object -> object.at("/subsets/0/addresses").size() == 3);
        assertEquals(8080, endpoints.at("/subsets/0/ports/0/port").asInt());
        KubeObject slice = cluster.list(ResourceType.ENDPOINT_SLICES, "ns").getFirst();
        assertTrue(slice.name().startsWith("web-"));
        assertEquals("web", slice.labels().get("kubernetes.io/service-name"));
        assertTrue(slice.at("/endpoints/0/zone").asString().startsWith("zone-node-"));
        String pod = slice.string("/endpoints/0/targetRef/name");
        cluster.client.patchStatus(ResourceType.PODS, "ns", pod, PatchType.STRATEGIC_MERGE, Objects.object(
                "{status: {conditions: [{type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z'}]}}").json());
        awaitSlices("two ready", 2, 3);
        cluster.await(ResourceType.ENDPOINTS, "ns", "web",
                object -> object.at("/subsets/0/notReadyAddresses").size() == 1);
        cluster.patch(ResourceType.DEPLOYMENTS, "ns", "web", "{spec: {replicas: 0}}");
        awaitSlices("none", 0, 0);
        cluster.client.delete(ResourceType.SERVICES, "ns", "web", DeleteOptions.DEFAULT);
        cluster.awaitGone(ResourceType.ENDPOINTS, "ns", "web");
        cluster.await("no slices", ResourceType.ENDPOINT_SLICES,
                slices -> slices.stream().noneMatch(one -> one.namespace().equals("ns")));
    }

    @Test
    void tamperedSlicesArePutRight() throws InterruptedException {
        createService("selector: {app: 'web'}");
        cluster.createDeployment("web", 2);
        awaitSlices("two ready", 2, 2);
        KubeObject slice = cluster.list(ResourceType.ENDPOINT_SLICES, "ns").getFirst();
        cluster.client.patch(ResourceType.ENDPOINT_SLICES, "ns", slice.name(), PatchType.MERGE,
                Objects.object("{endpoints: []}").json());
        awaitSlices("two ready again", 2, 2);
        cluster.client.delete(ResourceType.ENDPOINT_SLICES, "ns", cluster.list(ResourceType.ENDPOINT_SLICES, "ns")
                .getFirst().name(), DeleteOptions.DEFAULT);
        awaitSlices("two ready once more", 2, 2);
    }

    @Test
    void handMadeEndpointsAreMirrored() throws InterruptedException {
        createService("");
        cluster.create(ResourceType.ENDPOINTS, """
                {apiVersion: 'v1', kind: 'Endpoints', metadata: {namespace: 'ns', name: 'web', labels: {team: 'a'}},
                 subsets: [{addresses: [{ip: '10.1.1.1'}, {ip: 'fd00::1'}], notReadyAddresses: [{ip: '10.1.1.2'}],
                            ports: [{name: 'http', port: 8080}]}]}""");
        awaitSlices("two ready of three", 2, 3);
        List<KubeObject> slices = cluster.list(ResourceType.ENDPOINT_SLICES, "ns");
        assertEquals(List.of("IPv4", "IPv6"), slices.stream().map(slice -> slice.string("/addressType")).sorted().toList());
        assertTrue(slices.stream().allMatch(slice -> "endpointslicemirroring-controller.k8s.io"
                .equals(slice.labels().get("endpointslice.kubernetes.io/managed-by"))));
        cluster.client.delete(ResourceType.ENDPOINTS, "ns", "web", DeleteOptions.DEFAULT);
        awaitSlices("none", 0, 0);
    }
}
