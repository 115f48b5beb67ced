package dev.fairway.proxy.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * {@code KubeProxyConfiguration} of {@code kubeproxy.config.k8s.io/v1alpha1}, defaults applied. The fields have the names
 * of the API; see <a href="https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/">its reference</a>.
 *
 * @param mode {@code iptables} or {@code nftables} once validated; empty before {@link #platformDefaults}
 * @param healthzBindAddress {@code IP:port}; empty for no health server
 * @param metricsBindAddress {@code IP:port}; empty for no metrics server
 * @param clusterCidr one block, or two of different families with a comma between
 * @param nodePortAddresses blocks, or the one word {@code primary}; empty for all local addresses
 * @param oomScoreAdj for the process, -1000 to 1000; empty to leave it alone
 */
public record ProxyConfig(
        Map<String, Boolean> featureGates,
        ClientConnection clientConnection,
        Logging logging,
        String hostnameOverride,
        String bindAddress,
        String healthzBindAddress,
        String metricsBindAddress,
        boolean bindAddressHardFail,
        boolean enableProfiling,
        String showHiddenMetricsForVersion,
        String mode,
        Iptables iptables,
        Ipvs ipvs,
        Nftables nftables,
        Winkernel winkernel,
        String detectLocalMode,
        DetectLocal detectLocal,
        String clusterCidr,
        List<String> nodePortAddresses,
        OptionalInt oomScoreAdj,
        Conntrack conntrack,
        Duration configSyncPeriod,
        String portRange,
        boolean windowsRunAsService) {

    /** The feature gate that lets mode nftables serve node ports on loopback addresses. */
    public static final String NFTABLES_LOCALHOST_NODE_PORTS = "KubeProxyNFTablesLocalhostNodePorts";

    /** The word that stands for the Node's own addresses in {@code nodePortAddresses}. */
    public static final String PRIMARY = "primary";

    /**
     * How to reach the API server.
     *
     * @param kubeconfig a file; empty for what a Pod is given
     * @param qps requests per second in the long run; negative for no limit
     */
    public record ClientConnection(
            String kubeconfig, String acceptContentTypes, String contentType, float qps, int burst) {}

    /** @param vmodule pattern to verbosity, as {@code --vmodule} has them */
    public record Logging(String format, Duration flushFrequency, int verbosity, Map<String, Integer> vmodule) {}

    /** Mode iptables; kube-proxy's {@code KubeProxyIPTablesConfiguration}. */
    public record Iptables(
            int masqueradeBit,
            boolean masqueradeAll,
            boolean localhostNodePorts,
            Duration syncPeriod,
            Duration minSyncPeriod) {}

    /** Mode ipvs, which Fairway does not have: read, checked and shown only. */
    public record Ipvs(
            Duration syncPeriod,
            Duration minSyncPeriod,
            String scheduler,
            List<String> excludeCidrs,
            boolean strictArp,
            Duration tcpTimeout,
            Duration tcpFinTimeout,
            Duration udpTimeout) {}

    /** Mode nftables; kube-proxy's {@code KubeProxyNFTablesConfiguration}. */
    public record Nftables(int masqueradeBit, boolean masqueradeAll, Duration syncPeriod, Duration minSyncPeriod) {}

    /** What kube-proxy takes on Windows: read and shown only. */
    public record Winkernel(
            String networkName,
            String sourceVip,
            boolean enableDsr,
            String rootHnsEndpointName,
            boolean forwardHealthCheckVip) {}

    /** How traffic of this node's Pods is told apart where that goes by interfaces. */
    public record DetectLocal(String bridgeInterface, String interfaceNamePrefix) {}

    /**
     * Limits of connection tracking. A timeout of 0 leaves the kernel's own.
     *
     * @param maxPerCore 0 to leave the table's size alone, and ignore {@code min}
     */
    public record Conntrack(
            int maxPerCore,
            int min,
            Duration tcpEstablishedTimeout,
            Duration tcpCloseWaitTimeout,
            boolean tcpBeLiberal,
            Duration udpTimeout,
            Duration udpStreamTimeout) {}

    /** The mode; to be asked of a validated configuration. */
    public ProxyMode proxyMode() {
        return ProxyMode.of(mode).orElseThrow();
    }

    /** How local traffic is told; to be asked of a validated configuration. */
    public DetectLocalMode localMode() {
        return DetectLocalMode.of(detectLocalMode).orElseThrow();
    }

    /** How often everything is compared with the kernel. */
    public Duration syncPeriod() {
        return switch (proxyMode()) {
            case IPTABLES -> iptables.syncPeriod;
            case NFTABLES -> nftables.syncPeriod;
        };
    }

    /** How much time passes at least between two syncs. */
    public Duration minSyncPeriod() {
        return switch (proxyMode()) {
            case IPTABLES -> iptables.minSyncPeriod;
            case NFTABLES -> nftables.minSyncPeriod;
        };
    }

    public boolean masqueradeAll() {
        return switch (proxyMode()) {
            case IPTABLES -> iptables.masqueradeAll;
            case NFTABLES -> nftables.masqueradeAll;
        };
    }

    public int masqueradeBit() {
        return switch (proxyMode()) {
            case IPTABLES -> iptables.masqueradeBit;
            case NFTABLES -> nftables.masqueradeBit;
        };
    }

    /** Whether node ports are served on 127.0.0.1. */
    public boolean localhostNodePorts() {
        return switch (proxyMode()) {
            case IPTABLES -> iptables.localhostNodePorts;
            case NFTABLES -> featureGates.getOrDefault(NFTABLES_LOCALHOST_NODE_PORTS, false);
        };
    }

    /** The blocks of {@code clusterCIDR}, as texts. */
    public List<String> clusterCidrs() {
        return clusterCidr.isEmpty() ? List.of() : List.of(clusterCidr.split(","));
    }

    public boolean nodePortsOnPrimaryOnly() {
        return nodePortAddresses.equals(List.of(PRIMARY));
    }

    /** What kube-proxy fills in on Linux after file and flags have been read. */
    public ProxyConfig platformDefaults() {
        String chosenMode = mode.isEmpty() ? ProxyMode.IPTABLES.toString() : mode;
        String localMode = detectLocalMode.isEmpty() ? DetectLocalMode.CLUSTER_CIDR.toString() : detectLocalMode;
        List<String> addresses = chosenMode.equals(ProxyMode.NFTABLES.toString()) && nodePortAddresses.isEmpty()
                ? List.of(PRIMARY)
                : nodePortAddresses;
        return new ProxyConfig(featureGates, clientConnection, logging, hostnameOverride, bindAddress,
                healthzBindAddress, metricsBindAddress, bindAddressHardFail, enableProfiling,
                showHiddenMetricsForVersion, chosenMode, iptables, ipvs, nftables, winkernel, localMode, detectLocal,
                clusterCidr, addresses, oomScoreAdj, conntrack, configSyncPeriod, portRange, windowsRunAsService);
    }

    /** The same, for another node. */
    public ProxyConfig withHostnameOverride(String name) {
        return new ProxyConfig(featureGates, clientConnection, logging, name, bindAddress, healthzBindAddress,
                metricsBindAddress, bindAddressHardFail, enableProfiling, showHiddenMetricsForVersion, mode, iptables,
                ipvs, nftables, winkernel, detectLocalMode, detectLocal, clusterCidr, nodePortAddresses, oomScoreAdj,
                conntrack, configSyncPeriod, portRange, windowsRunAsService);
    }
}
