package dev.fairway.cli.bench.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The configuration of a proxy under test. */
final class BenchConfig {
    private BenchConfig() {}

    /**
     * Writes a configuration file and the kubeconfig that it names.
     *
     * @return the configuration file
     */
    static Path write(BenchApi api, Path directory, String mode, String minSyncPeriod) throws IOException {
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: bench
                clusters: [{name: bench, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: bench, context: {cluster: bench}}]
                """.formatted(api.address().getPort()));
        return Files.writeString(directory.resolve("config.yaml"), """
                apiVersion: kubeproxy.config.k8s.io/v1alpha1
                kind: KubeProxyConfiguration
                mode: %s
                hostnameOverride: node-a
                clientConnection: {kubeconfig: "%s"}
                clusterCIDR: 10.128.0.0/9
                conntrack: {maxPerCore: 0, min: 0, tcpCloseWaitTimeout: 0s, tcpEstablishedTimeout: 0s}
                iptables: {minSyncPeriod: %s}
                nftables: {minSyncPeriod: %s}
                oomScoreAdj: 0
                """.formatted(mode, kubeconfig, minSyncPeriod, minSyncPeriod));
    }
}
