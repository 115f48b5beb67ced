package dev.fairway.controllers.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.ApiServer;
import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.controllers.ControllerConfig;
import dev.fairway.controllers.ControllerManager;
import dev.fairway.controllers.Objects;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.client.Query;
import dev.fairway.kube.informer.Informer;
import dev.fairway.store.MemoryStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** A real API server in memory with real controllers, and nodes that are played. */
final class TestCluster implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(30);

    final MemoryStore store = new MemoryStore();
    final ApiServer server;
    final ApiClient client;
    final ControllerManager controllers;
    final FakeKubelet kubelet;
    private final Map<ResourceType, Informer> informers = new ConcurrentHashMap<>();

    TestCluster(Path dir, ControllerConfig config, int nodes) throws InterruptedException {
        server = ApiServer.builder(ApiServerConfig.defaults(dir)
                .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), store).start();
        client = new ApiClient(server.transport("test"));
        for (int i = 1; i <= nodes; i++) {
            addNode("node-" + i);
        }
        controllers = new ControllerManager(new ApiClient(server.transport("controllers")), config).start();
        kubelet = new FakeKubelet(client);
        assertTrue(controllers.awaitReady(LONG), "controllers are not ready");
    }

    void addNode(String name) {
        KubeObject node = Objects.object("""
                {apiVersion: 'v1', kind: 'Node', metadata: {name: '%1$s', labels: {
                   'kubernetes.io/hostname': '%1$s', 'topology.kubernetes.io/zone': 'zone-%1$s'}}}
                """.formatted(name));
        client.create(ResourceType.NODES, node);
        client.patchStatus(ResourceType.NODES, "", name, PatchType.MERGE, Objects.object("""
                {status: {capacity: {cpu: '8', memory: '8Gi', pods: '500'},
                          allocatable: {cpu: '8', memory: '8Gi', pods: '500'},
                          conditions: [{type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'ok',
                                        lastHeartbeatTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z'}]}}
                """).json());
    }

    KubeObject create(ResourceType type, String relaxedJson) {
        return client.create(type, Objects.object(relaxedJson));
    }

    KubeObject patch(ResourceType type, String namespace, String name, String relaxedJson) {
        return client.patch(type, namespace, name, PatchType.STRATEGIC_MERGE, Objects.object(relaxedJson).json());
    }

    void createNamespace(String name) {
        create(ResourceType.NAMESPACES, "{apiVersion: 'v1', kind: 'Namespace', metadata: {name: '" + name + "'}}");
    }

    KubeObject createDeployment(String name, int replicas) {
        return create(ResourceType.DEPLOYMENTS, """
                {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {namespace: 'ns', name: '%1$s'},
                 spec: {replicas: %2$d, selector: {matchLabels: {app: '%1$s'}},
                        template: {metadata: {labels: {app: '%1$s'}},
                                   spec: {containers: [{name: 'c', image: 'v0', ports: [{name: 'web', containerPort: 8080}]}]}}}}
                """.formatted(name, replicas));
    }

    private Informer informer(ResourceType type) {
        return informers.computeIfAbsent(type, key -> new Informer(client, key).start());
    }

    /** Waits until the objects of a kind are as asked for. */
    void await(String what, ResourceType type, Predicate<List<KubeObject>> condition) throws InterruptedException {
        Informer informer = informer(type);
        assertTrue(informer.awaitSynced(LONG), "no list of " + type);
        if (!informer.await(() -> condition.test(List.copyOf(informer.all())), LONG)) {
            throw new AssertionError("not so after " + LONG + ": " + what + "\n" + String.join("\n",
                    informer.all().stream().map(object -> object.json().toString()).toList()));
        }
    }

    /** Waits until one object is as asked for. */
    KubeObject await(ResourceType type, String namespace, String name, Predicate<KubeObject> condition)
            throws InterruptedException {
        await(type + " " + namespace + "/" + name, type, all -> find(all, namespace, name).filter(condition).isPresent());
        return client.get(type, namespace, name);
    }

    void awaitGone(ResourceType type, String namespace, String name) throws InterruptedException {
        await(type + " " + namespace + "/" + name + " is gone", type, all -> find(all, namespace, name).isEmpty());
    }

    /** Waits until a Deployment's rollout is done, as kubectl rollout status sees it. */
    KubeObject awaitRollout(String name) throws InterruptedException {
        long generation = client.get(ResourceType.DEPLOYMENTS, "ns", name).generation();
        return await(ResourceType.DEPLOYMENTS, "ns", name, deployment -> {
            int replicas = deployment.at("/spec/replicas").asInt(0);
            return deployment.at("/status/observedGeneration").asLong(0) >= generation
                    && deployment.at("/status/updatedReplicas").asInt(0) == replicas
                    && deployment.at("/status/replicas").asInt(0) == replicas
                    && deployment.at("/status/availableReplicas").asInt(0) == replicas;
        });
    }

    List<KubeObject> list(ResourceType type, String namespace) {
        return client.list(type, namespace, Query.ALL).items();
    }

    <T> List<T> list(ResourceType type, String namespace, Function<KubeObject, T> map) {
        return list(type, namespace).stream().map(map).toList();
    }

    private static Optional<KubeObject> find(List<KubeObject> all, String namespace, String name) {
        return all.stream()
                .filter(object -> object.name().equals(name) && object.namespace().equals(namespace))
                .findFirst();
    }

    @Override
    public void close() {
        controllers.close();
        kubelet.close();
        informers.values().forEach(Informer::close);
        server.close();
        store.close();
    }
}
