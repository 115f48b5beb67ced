package dev.fairway.cli;

import dev.fairway.cluster.Cluster;
import dev.fairway.cluster.ClusterConfig;
import dev.fairway.cluster.ClusterDirectory;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.HttpTransport;
import dev.fairway.kube.client.Query;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * The short life that the launcher records into the JVM's start-up archive (JEP 483): a cluster from start to
 * stop, with a Service and two Pods where this process may make network namespaces, else without nodes.
 */
public final class Training {
    private static final ResourceType DEFINITIONS =
            new ResourceType("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false);
    private static final ResourceType TRIALS = new ResourceType("fairway.dev", "v1", "trials", "Trial", true);
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private Training() {}

    public static void main(String[] args) throws Exception {
        Logging.install();
        Fairway.commandLine().getSubcommands().values().forEach(command -> command.getUsageMessage());
        boolean root = "root".equals(System.getProperty("user.name"));
        Path directory = Files.createTempDirectory("fairway-training");
        try {
            ClusterConfig config = ClusterConfig.named("training-" + ProcessHandle.current().pid(), directory.resolve("state"))
                    .withApiPort(0)
                    .withNodes(root ? 1 : 0)
                    .withPublishedNodePorts(false);
            try (Cluster cluster = Cluster.start(config, System.err::println);
                    HttpTransport transport = new HttpTransport(ClientConfig.fromKubeconfig(cluster.kubeconfig()))) {
                live(new ApiClient(transport), root);
            }
        } finally {
            new ClusterDirectory(directory).delete();
        }
        System.exit(0);
    }

    private static void live(ApiClient client, boolean pods) {
        // The first rule in CEL loads a compiler.
        client.create(DEFINITIONS, KubeObject.parse("""
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"trials.fairway.dev"},
                 "spec":{"group":"fairway.dev","scope":"Namespaced","names":{"plural":"trials","singular":"trial","kind":"Trial"},
                  "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},"schema":{"openAPIV3Schema":{
                   "type":"object","properties":{"spec":{"type":"object","x-kubernetes-validations":[{"rule":"self.low <= self.high"}],
                    "properties":{"low":{"type":"integer"},"high":{"type":"integer","default":3}}}}}}}]}}"""));
        client.create(ResourceType.SERVICES, KubeObject.parse("""
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"default"},
                 "spec":{"type":"NodePort","selector":{"app":"web"},"ports":[{"port":80,"targetPort":8080}]}}"""));
        client.create(ResourceType.DEPLOYMENTS, KubeObject.parse("""
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"default"},
                 "spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
                  "template":{"metadata":{"labels":{"app":"web"}},"spec":{
                   "containers":[{"name":"echo","image":"fairway.local/echo","ports":[{"containerPort":8080}]}]}}}}"""));
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (pods
                && client.get(ResourceType.DEPLOYMENTS, "default", "web").at("/status/readyReplicas").asInt(0) < 2
                && System.nanoTime() < deadline) {
            LockSupport.parkNanos(20_000_000);
        }
        while (client.get(DEFINITIONS, "", "trials.fairway.dev").at("/status/conditions").valueStream()
                .noneMatch(each -> each.path("type").asString("").equals("Established")) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(20_000_000);
        }
        client.create(TRIALS, KubeObject.parse("""
                {"apiVersion":"fairway.dev/v1","kind":"Trial","metadata":{"name":"one","namespace":"default"},"spec":{"low":1}}"""));
        client.list(ResourceType.PODS, "", Query.ALL);
        client.list(ResourceType.ENDPOINT_SLICES, "", Query.ALL);
    }
}
