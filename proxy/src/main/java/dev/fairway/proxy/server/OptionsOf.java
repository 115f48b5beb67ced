package dev.fairway.proxy.server;

import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.state.ProxyOptions;
import dev.fairway.proxy.state.ProxyOptions.DetectLocal;

/** The part of a configuration that rules depend on. */
final class OptionsOf {
    private OptionsOf() {}

    static ProxyOptions config(ProxyConfig config, boolean conntrackIsLiberal) {
        return new ProxyOptions(detectLocal(config), config.nodePortAddresses(), config.masqueradeAll(),
                config.masqueradeBit(), config.localhostNodePorts(), conntrackIsLiberal, config.minSyncPeriod(),
                config.syncPeriod());
    }

    private static DetectLocal detectLocal(ProxyConfig config) {
        return switch (config.localMode()) {
            case CLUSTER_CIDR ->
                    new DetectLocal.ByClusterCidr(config.clusterCidrs().stream().map(IpCidr::of).toList());
            case NODE_CIDR -> new DetectLocal.ByNodeCidr();
            case BRIDGE_INTERFACE -> new DetectLocal.ByBridgeInterface(config.detectLocal().bridgeInterface());
            case INTERFACE_NAME_PREFIX ->
                    new DetectLocal.ByInterfaceNamePrefix(config.detectLocal().interfaceNamePrefix());
        };
    }
}
