/**
 * A whole cluster in one process, and Fairway as a library:
 *
 * <pre>{@code
 * try (Cluster cluster = Cluster.start(ClusterConfig.named("test", directory).withApiPort(0), line -> {})) {
 *     KubernetesClient client = new KubernetesClientBuilder()
 *             .withConfig(Config.fromKubeconfig(cluster.kubeconfig().toFile())).build();
 * }
 * }</pre>
 */
package dev.fairway.cluster;
