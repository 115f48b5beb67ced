package dev.fairway.cluster;

import dev.fairway.apiserver.ApiServer;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.HttpTransport;
import dev.fairway.node.agent.NodeAgent;
import dev.fairway.node.network.ClusterNetwork;
import dev.fairway.node.network.NodeNetwork;
import dev.fairway.proxy.config.ConfigException;
import dev.fairway.proxy.config.ProxyArguments;
import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.proxy.iptables.IptablesDataplane;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.nftables.NftablesDataplane;
import dev.fairway.proxy.server.ProxyServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** What runs on one node: its agent, and its proxy, which hears of Services over HTTPS as on any node. */
final class NodeParts implements AutoCloseable {
    private final NodeNetwork network;
    private final Path proxyKubeconfig;
    private final ClusterConfig.ProxyMode mode;
    private final NodeAgent agent;
    private final Closing closing = new Closing();
    private ProxyServer proxy;

    NodeParts(NodeNetwork network, String zone, ApiServer server, Path proxyKubeconfig, Runtimes runtimes, ClusterConfig.ProxyMode mode) {
        this.network = network;
        this.proxyKubeconfig = proxyKubeconfig;
        this.mode = mode;
        this.agent = new NodeAgent(new ApiClient(server.transport("kubelet")), network, zone, runtimes.all());
    }

    NodeNetwork network() {
        return network;
    }

    NodeAgent agent() {
        return agent;
    }

    NodeParts start() {
        try {
            closing.add(agent.start());
            ClientConfig credentials = ClientConfig.fromKubeconfig(proxyKubeconfig);
            proxy = closing.add(ProxyServer.start(proxyConfig(),
                    new ProxyServer.Place(network.name(), Optional.of(network.namespace())),
                    observer -> new HttpTransport(credentials, observer),
                    (config, options, namespace) -> switch (mode) {
                        // Pods have IPv4 addresses only.
                        case IPTABLES -> IptablesDataplane.open(options, Set.of(IpFamily.IPV4), namespace);
                        case NFTABLES -> NftablesDataplane.open(options, Set.of(IpFamily.IPV4), namespace);
                    }));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The configuration file of a kube-proxy on this node. */
    private ProxyConfig proxyConfig() {
        String text = """
                {"apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
                 "mode": "%s", "clusterCIDR": "%s", "iptables": {"minSyncPeriod": "100ms"},
                 "nftables": {"minSyncPeriod": "50ms"},
                 "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"}}
                """.formatted(mode.name().toLowerCase(java.util.Locale.ROOT), ClusterNetwork.POD_CIDR);
        try {
            return ProxyArguments.ofText(text.getBytes(StandardCharsets.UTF_8)).config();
        } catch (ConfigException e) {
            throw new IllegalStateException("the cluster's own proxy configuration", e);
        }
    }

    /** Waits until the node's rules are in place; false when the time passed before. */
    boolean awaitReady(Duration timeout) throws InterruptedException {
        return proxy.awaitSynced(timeout);
    }

    @Override
    public void close() {
        closing.close();
    }
}
