package dev.fairway.cluster;

import dev.fairway.apiserver.config.Cidr;
import dev.fairway.netlink.rtnetlink.IpPrefix;
import dev.fairway.node.network.ClusterNetwork;
import dev.fairway.store.EtcdOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a cluster is made of.
 *
 * @param name names its namespaces and files: lower-case letters, digits and dashes, 20 characters at most
 * @param directory where its state lives: keys, database, kubeconfig
 * @param apiPort TCP port of the API server on 127.0.0.1; 0 picks a free one
 * @param nodes how many nodes; 0 for an API server with controllers alone, which needs no root
 * @param proxyMode how the nodes' proxies program the kernel
 * @param store where objects are kept
 * @param publishNodePorts whether node ports are also served on the host's 127.0.0.1
 * @param serviceCidrs where cluster IPs come from: one range, or one of each IP family, the default family first
 * @param anonymousAuth whether who shows no credentials is served as system:anonymous, who may ask for health and version
 */
public record ClusterConfig(
        String name,
        Path directory,
        int apiPort,
        int nodes,
        ProxyMode proxyMode,
        StoreChoice store,
        boolean publishNodePorts,
        List<Cidr> serviceCidrs,
        boolean anonymousAuth) {
    private static final List<Cidr> SERVICE_CIDRS = List.of(Cidr.parse("10.96.0.0/12"));
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?");
    private static final int MAX_NODES = 50;

    /** The dataplane of the nodes' proxies. */
    public enum ProxyMode {
        IPTABLES,
        NFTABLES
    }

    /** Where objects are kept. */
    public sealed interface StoreChoice {
        /** In memory: gone with the process. */
        record Memory() implements StoreChoice {}

        /** In a database file below the cluster's directory, on disk before each answer. */
        record Embedded() implements StoreChoice {}

        /** In etcd, so that several servers can serve one cluster. */
        record Etcd(EtcdOptions options) implements StoreChoice {}
    }

    public ClusterConfig {
        requireName(name);
        if (apiPort < 0 || apiPort > 65535) {
            throw new IllegalArgumentException("apiPort: " + apiPort + " is not between 0 and 65535");
        }
        if (nodes < 0 || nodes > MAX_NODES) {
            throw new IllegalArgumentException("nodes: " + nodes + " is not between 0 and " + MAX_NODES);
        }
        serviceCidrs = List.copyOf(serviceCidrs);
        for (Cidr range : serviceCidrs) {
            for (IpPrefix taken : nodes == 0 ? List.<IpPrefix>of() : List.of(ClusterNetwork.POD_CIDR, ClusterNetwork.NODE_CIDR)) {
                if (range.overlaps(Cidr.parse(taken.toString()))) {
                    throw new IllegalArgumentException("serviceCidrs: " + range + " overlaps " + taken + ", where nodes and Pods are");
                }
            }
        }
    }

    /**
     * Checks a cluster's name, which becomes part of paths and of namespaces' names.
     *
     * @throws IllegalArgumentException if it cannot be one
     */
    static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name: \"" + name
                    + "\" must be 1 to 20 lower-case letters, digits or dashes, and start and end with no dash");
        }
    }

    /** A cluster of one node in iptables mode with the embedded store, on port 6443. */
    public static ClusterConfig named(String name, Path directory) {
        return new ClusterConfig(name, directory, 6443, 1, ProxyMode.IPTABLES, new StoreChoice.Embedded(), true, SERVICE_CIDRS, false);
    }

    public ClusterConfig withNodes(int count) {
        return new ClusterConfig(name, directory, apiPort, count, proxyMode, store, publishNodePorts, serviceCidrs, anonymousAuth);
    }

    public ClusterConfig withApiPort(int port) {
        return new ClusterConfig(name, directory, port, nodes, proxyMode, store, publishNodePorts, serviceCidrs, anonymousAuth);
    }

    public ClusterConfig withStore(StoreChoice choice) {
        return new ClusterConfig(name, directory, apiPort, nodes, proxyMode, choice, publishNodePorts, serviceCidrs, anonymousAuth);
    }

    public ClusterConfig withProxyMode(ProxyMode mode) {
        return new ClusterConfig(name, directory, apiPort, nodes, mode, store, publishNodePorts, serviceCidrs, anonymousAuth);
    }

    public ClusterConfig withPublishedNodePorts(boolean publish) {
        return new ClusterConfig(name, directory, apiPort, nodes, proxyMode, store, publish, serviceCidrs, anonymousAuth);
    }

    public ClusterConfig withServiceCidrs(List<Cidr> ranges) {
        return new ClusterConfig(name, directory, apiPort, nodes, proxyMode, store, publishNodePorts, ranges, anonymousAuth);
    }

    public ClusterConfig withAnonymousAuth(boolean admitted) {
        return new ClusterConfig(name, directory, apiPort, nodes, proxyMode, store, publishNodePorts, serviceCidrs, admitted);
    }
}
