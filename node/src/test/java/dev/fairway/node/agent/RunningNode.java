package dev.fairway.node.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.ApiServer;
import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.Query;
import dev.fairway.kube.informer.Informer;
import dev.fairway.node.network.ClusterNetwork;
import dev.fairway.node.network.NodeNetwork;
import dev.fairway.node.runtime.ContainerRuntime;
import dev.fairway.node.runtime.EchoRuntime;
import dev.fairway.node.runtime.HostRuntime;
import dev.fairway.store.MemoryStore;
import dev.fairway.testkit.TemporaryDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tools.jackson.databind.JsonNode;

/** An API server and one node with its agent, in namespaces of its own, for one test. */
final class RunningNode implements BeforeEachCallback, AfterEachCallback {
    static final Duration DRAIN = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final FakeRuntime fake = new FakeRuntime();
    private final String name = "na" + ProcessHandle.current().pid() % 100_000 + "-" + NUMBER.incrementAndGet();
    private List<ContainerRuntime> runtimes;
    private TemporaryDirectory directory;
    private ClusterNetwork network;
    private MemoryStore store;
    private ApiServer server;
    private ApiClient client;
    private Informer pods;
    private NodeAgent agent;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        runtimes = List.of(new EchoRuntime(DRAIN), new HostRuntime(), fake);
        directory = TemporaryDirectory.create("fairway-node");
        network = ClusterNetwork.create(name, 1);
        store = new MemoryStore();
        server = ApiServer.builder(ApiServerConfig.defaults(directory.path())
                .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), store).start();
        client = new ApiClient(server.transport("test"));
        pods = new Informer(client, ResourceType.PODS).start();
        startAgent();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        agent.close();
        pods.close();
        runtimes.forEach(ContainerRuntime::close);
        server.close();
        store.close();
        network.close();
        directory.close();
    }

    void startAgent() {
        agent = new NodeAgent(new ApiClient(server.transport("kubelet")), node(), "z1", runtimes).start();
    }

    void stopAgent() {
        agent.close();
    }

    NodeAgent agent() {
        return agent;
    }

    ApiClient client() {
        return client;
    }

    NodeNetwork node() {
        return network.nodes().getFirst();
    }

    /**
     * Creates a Pod bound to the node.
     *
     * @param spec JSON of the Pod's spec, without the braces around it
     */
    KubeObject create(String podName, String spec) {
        return client.create(ResourceType.PODS, KubeObject.parse("""
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","namespace":"default","labels":{"app":"test"}},
                 "spec":{"nodeName":"%s",%s}}""".formatted(podName, node().name(), spec)));
    }

    KubeObject await(String podName, String what, Predicate<KubeObject> condition) throws InterruptedException {
        boolean held = pods.await(() -> pods.get("default", podName).filter(condition).isPresent(), PATIENCE);
        assertTrue(held, () -> podName + ": " + what + ": " + pods.get("default", podName).map(pod -> pod.json().toPrettyString()).orElse("is gone"));
        return pods.get("default", podName).orElseThrow();
    }

    KubeObject awaitReady(String podName) throws InterruptedException {
        return await(podName, "ready", pod -> condition(pod, "Ready").equals("True"));
    }

    void awaitGone(String podName) throws InterruptedException {
        assertTrue(pods.await(() -> pods.get("default", podName).isEmpty(), PATIENCE), () -> podName + " is still there");
    }

    static String condition(KubeObject pod, String type) {
        return pod.at("/status/conditions").valueStream()
                .filter(each -> each.path("type").asString("").equals(type))
                .map(each -> each.path("status").asString(""))
                .findFirst().orElse("");
    }

    static JsonNode container(KubeObject pod, int index) {
        return pod.at("/status/containerStatuses/" + index);
    }

    /** The Events about a Pod's containers: {@code reason: message}, once all of the reasons are among them. */
    List<String> awaitEvents(String podName, String... reasons) throws InterruptedException {
        try (Informer events = new Informer(client, ResourceType.EVENTS, "default", Query.fields("involvedObject.name=" + podName)).start()) {
            boolean held = events.await(() -> List.of(reasons).stream().allMatch(reason ->
                    events.all().stream().anyMatch(each -> each.string("/reason").equals(reason))), PATIENCE);
            List<String> found = events.all().stream()
                    .sorted(java.util.Comparator.comparing(KubeObject::name))
                    .map(each -> each.string("/reason") + ": " + each.string("/message"))
                    .collect(Collectors.toList());
            assertTrue(held, () -> "Events: " + found);
            return found;
        }
    }
}
