package dev.fairway.cluster;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.Query;
import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Pods die under steady connections through the cluster IP and the node port. */
@ParameterizedClass
@EnumSource(ClusterConfig.ProxyMode.class)
final class PodDeathTest {
    private static final int KILLS = Integer.getInteger("fairway.test.kills", 25);
    private static final int PORT = 8080;
    private static final int NODE_PORT = 30123;

    @Parameter
    ClusterConfig.ProxyMode mode;

    @TempDir
    Path home;

    private Cluster cluster;
    private ApiClient client;
    private RunState.NodeState node;
    private SteadyConnections throughClusterIp;
    private SteadyConnections throughNodePort;

    @BeforeEach
    void start() throws Exception {
        cluster = Cluster.start(
                ClusterConfig.named("pd" + ProcessHandle.current().pid() % 100_000, home.resolve("cluster"))
                        .withApiPort(0)
                        .withNodes(2)
                        .withProxyMode(mode)
                        .withPublishedNodePorts(false)
                        .withStore(new ClusterConfig.StoreChoice.Memory()),
                line -> { });
        client = cluster.client();
        node = cluster.state().nodes().getFirst();
        client.create(ResourceType.DEPLOYMENTS, KubeObject.parse("""
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"default"},
                 "spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},
                  "template":{"metadata":{"labels":{"app":"web"}},"spec":{"terminationGracePeriodSeconds":5,
                   "containers":[{"name":"echo","image":"fairway.local/echo","ports":[{"containerPort":8080}]}]}}}}"""));
        KubeObject service = client.create(ResourceType.SERVICES, KubeObject.parse("""
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"default"},
                 "spec":{"type":"NodePort","selector":{"app":"web"},
                  "ports":[{"port":8080,"targetPort":8080,"nodePort":30123}]}}"""));
        until("three ready Pods in the rules", () -> ready().size() == 3 && ready().stream().allMatch(this::inRules));
        throughClusterIp = new SteadyConnections(node.namespace(), service.string("/spec/clusterIP"), PORT);
        throughNodePort = new SteadyConnections(cluster.state().outside(), node.address(), NODE_PORT);
    }

    @AfterEach
    void stop() throws Exception {
        throughClusterIp.close();
        throughNodePort.close();
        cluster.close();
    }

    @Test
    void gracefulDeletionFailsNoConnection() throws Exception {
        for (int i = 0; i < KILLS; i++) {
            KubeObject victim = ready().getFirst();
            client.delete(ResourceType.PODS, "default", victim.name(), DeleteOptions.DEFAULT);
            awaitReplaced(victim);
        }
        long answers = throughClusterIp.answers() + throughNodePort.answers();
        throughClusterIp.close();
        throughNodePort.close();
        assertTrue(answers > KILLS, () -> answers + " answers");
        assertEquals(List.of(), throughClusterIp.failures());
        assertEquals(List.of(), throughNodePort.failures());
    }

    @Test
    void aKilledPodFailsNoConnectionOnceTheRulesChanged() throws Exception {
        long settled = System.nanoTime();
        for (int i = 0; i < KILLS; i++) {
            long killed = System.nanoTime();
            assertNoFailureBetween(settled, killed);
            KubeObject victim = ready().getFirst();
            client.delete(ResourceType.PODS, "default", victim.name(), DeleteOptions.DEFAULT.withGracePeriod(0));
            awaitReplaced(victim);
            settled = System.nanoTime();
        }
        throughClusterIp.close();
        throughNodePort.close();
        assertNoFailureBetween(settled, Long.MAX_VALUE);
    }

    private void assertNoFailureBetween(long from, long to) {
        for (SteadyConnections each : List.of(throughClusterIp, throughNodePort)) {
            assertEquals(List.of(), each.failures().stream().filter(failure -> failure.begun() > from && failure.begun() < to).toList());
        }
    }

    private void awaitReplaced(KubeObject victim) {
        until("another Pod in place of " + victim.name(), () -> {
            List<KubeObject> ready = ready();
            return ready.size() == 3
                    && ready.stream().noneMatch(pod -> pod.uid().equals(victim.uid()))
                    && !inRules(victim)
                    && ready.stream().allMatch(this::inRules);
        });
    }

    private List<KubeObject> ready() {
        return client.list(ResourceType.PODS, "default", Query.labels("app=web")).items().stream()
                .filter(pod -> !pod.deleting())
                .filter(pod -> pod.at("/status/conditions").valueStream().anyMatch(condition ->
                        condition.path("type").asString("").equals("Ready") && condition.path("status").asString("").equals("True")))
                .toList();
    }

    private boolean inRules(KubeObject pod) {
        try {
            String ip = pod.string("/status/podIP");
            return switch (mode) {
                case IPTABLES -> list("iptables-save", "-t", "nat").contains("--to-destination " + ip + ":" + PORT);
                case NFTABLES -> list("nft", "list", "map", "ip", "fairway", "service-endpoints")
                        .contains(" : " + ip + " . " + PORT);
            };
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String list(String... command) throws IOException {
        Process process = NetworkNamespace.open(node.namespace()).processBuilder(command).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
