package dev.fairway.cli.bench.cluster;

import dev.fairway.cli.UserError;
import dev.fairway.cli.bench.measure.BenchedCluster;
import dev.fairway.cli.bench.measure.Figures;
import dev.fairway.cli.cluster.ClusterOptions;
import dev.fairway.cli.cluster.Root;
import dev.fairway.cluster.RunState;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.Query;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fairway bench cluster}: what a whole cluster costs, from nothing to many Pods behind many Services. */
@Command(
        name = "cluster",
        description = "Measure a whole cluster: start, first answer, memory, and many echo Pods behind many Services.",
        defaultValueProvider = BenchedCluster.DefaultName.class,
        mixinStandardHelpOptions = true)
public final class BenchClusterCommand implements Callable<Integer> {
    private static final long PATIENCE_NANOS = 300_000_000_000L;
    private static final int FIRST_PODS = 10;
    private static final int PORT = 8080;
    private static final int NODE_PORT = 30000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--nodes", defaultValue = "2", paramLabel = "N", description = "nodes (default: ${DEFAULT-VALUE})")
    private int nodes;

    @Option(names = "--pods", defaultValue = "1000", paramLabel = "N", description = "echo Pods in all (default: ${DEFAULT-VALUE})")
    private int pods;

    @Option(names = "--services", defaultValue = "100", paramLabel = "N", description = "Services in front of them (default: ${DEFAULT-VALUE})")
    private int services;

    @Option(names = {"-o", "--output"}, defaultValue = "text", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Figures.Output output;

    private final Figures figures = new Figures();

    @Override
    public Integer call() throws Exception {
        Root.require("fairway bench");
        if (services < 1 || pods < FIRST_PODS + services) {
            throw new UserError("--pods: " + pods + " Pods, " + FIRST_PODS + " of them for the first figures, cannot stand behind "
                    + services + " Services");
        }
        try (BenchedCluster benched = new BenchedCluster(spec.root().commandLine(), cluster, "--nodes", Integer.toString(nodes))) {
            figures.add("up to the first answer, s", benched.untilAnswer().toNanos() / 1e9);
            figures.add("up to nodes that are ready, s", benched.untilReady().toNanos() / 1e9);
            measure(benched, benched.client(), benched.state());
        }
        figures.print(output);
        return 0;
    }

    private void measure(BenchedCluster benched, ApiClient client, RunState state) throws IOException {
        Probe outside = new Probe(state.outside());
        Probe node = new Probe(state.nodes().getFirst().namespace());
        figures.add("RSS of the idle cluster, MB", benched.memory());

        long applied = System.nanoTime();
        client.create(ResourceType.DEPLOYMENTS, deployment("first", 2));
        client.create(ResourceType.SERVICES, service("first", NODE_PORT));
        await("the first answer through the node port", () -> outside.answers(state.nodes().getFirst().address(), NODE_PORT));
        figures.add("apply to the first answer through the node port, s", seconds(applied));
        await("two ready Pods", () -> readyPods(client) == 2);
        figures.add("apply to both Pods ready, s", seconds(applied));
        client.create(ResourceType.DEPLOYMENTS, deployment("ten", FIRST_PODS - 2));
        await("ten ready Pods", () -> readyPods(client) == FIRST_PODS);
        figures.add("RSS with " + FIRST_PODS + " Pods, MB", benched.memory());

        long many = System.nanoTime();
        int each = (pods - FIRST_PODS) / services;
        for (int i = 0; i < services; i++) {
            int replicas = i < (pods - FIRST_PODS) % services ? each + 1 : each;
            client.create(ResourceType.DEPLOYMENTS, deployment("app-" + i, replicas));
            client.create(ResourceType.SERVICES, service("app-" + i, 0));
        }
        await(pods + " ready Pods", () -> {
            int ready = readyPods(client);
            if (System.console() != null && System.console().isTerminal()) {
                System.err.printf("\rfairway: %d of %d Pods ready", ready, pods);
            }
            return ready == pods;
        });
        System.err.println();
        figures.add(pods + " Pods ready, s", seconds(many));
        List<String> addresses = client.list(ResourceType.SERVICES, "default", Query.ALL).items().stream()
                .filter(service -> service.name().startsWith("app-"))
                .map(service -> service.string("/spec/clusterIP"))
                .toList();
        for (String address : addresses) {
            await("an answer from " + address, () -> node.answers(address, PORT));
        }
        figures.add(services + " Services reachable, s", seconds(many));
        figures.add("RSS with " + pods + " Pods, MB", benched.memory());
    }

    private static int readyPods(ApiClient client) {
        int ready = 0;
        for (KubeObject deployment : client.list(ResourceType.DEPLOYMENTS, "default", Query.ALL).items()) {
            ready += deployment.at("/status/readyReplicas").asInt(0);
        }
        return ready;
    }

    private static KubeObject deployment(String name, int replicas) {
        return KubeObject.parse("""
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"%1$s","namespace":"default"},
                 "spec":{"replicas":%2$d,"selector":{"matchLabels":{"app":"%1$s"}},
                  "template":{"metadata":{"labels":{"app":"%1$s"}},"spec":{
                   "containers":[{"name":"echo","image":"fairway.local/echo","ports":[{"containerPort":8080}]}]}}}}"""
                .formatted(name, replicas));
    }

    private static KubeObject service(String name, int nodePort) {
        return KubeObject.parse("""
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"%1$s","namespace":"default"},
                 "spec":{"type":"%2$s","selector":{"app":"%1$s"},"ports":[{"port":8080,"targetPort":8080%3$s}]}}"""
                .formatted(name, nodePort == 0 ? "ClusterIP" : "NodePort", nodePort == 0 ? "" : ",\"nodePort\":" + nodePort));
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(String what, Condition condition) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new UserError("there was no sign of " + what + " within " + PATIENCE_NANOS / 1_000_000_000 + " s");
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }
}
