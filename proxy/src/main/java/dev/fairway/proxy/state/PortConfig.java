package dev.fairway.proxy.state;

import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.Protocol;
import java.util.List;

/**
 * One Service port in one address family. All addresses are of that family.
 *
 * @param nodePort 0 if it has none
 * @param sourceRanges who may use the load balancer's addresses; empty for everybody
 * @param affinitySeconds 0 without affinity
 * @param healthCheckNodePort 0 if none is needed
 */
public record PortConfig(
        ServicePortName name,
        IpAddress clusterIp,
        int port,
        int nodePort,
        List<IpAddress> externalIps,
        List<IpAddress> loadBalancerVips,
        List<IpCidr> sourceRanges,
        int affinitySeconds,
        boolean externalPolicyLocal,
        boolean internalPolicyLocal,
        int healthCheckNodePort) {

    public Protocol protocol() {
        return name.protocol();
    }

    /** Whether it can be reached by anything but its cluster IP. */
    public boolean externallyAccessible() {
        return nodePort != 0 || !loadBalancerVips.isEmpty() || !externalIps.isEmpty();
    }

    /**
     * Whether any of its traffic follows the policy Cluster. Traffic from this node's Pods to external addresses does even
     * where the external policy is Local.
     */
    public boolean usesClusterEndpoints() {
        return !internalPolicyLocal || externallyAccessible();
    }

    /** Whether any of its traffic follows the policy Local. */
    public boolean usesLocalEndpoints() {
        return internalPolicyLocal || externalPolicyLocal && externallyAccessible();
    }
}
