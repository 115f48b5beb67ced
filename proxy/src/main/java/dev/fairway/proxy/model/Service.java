package dev.fairway.proxy.model;

import dev.fairway.kube.ObjectKey;
import java.util.List;
import java.util.Optional;

/**
 * What the proxy keeps of a Service. All names and numbers are valid.
 *
 * @param proxied false for one that is left to others: ExternalName, headless, or labelled
 *     {@code service.kubernetes.io/service-proxy-name}
 * @param clusterIps at most one per family
 * @param loadBalancerVips ingress IPs whose mode is VIP; those of mode Proxy get no rules
 * @param sourceRanges {@code loadBalancerSourceRanges}, of both families
 * @param affinitySeconds timeout of ClientIP affinity, 0 without affinity
 * @param externalPolicyLocal whether {@code externalTrafficPolicy: Local} is in force
 * @param internalPolicyLocal whether {@code internalTrafficPolicy: Local} is in force
 * @param healthCheckNodePort 0 if none is needed
 */
public record Service(
        ObjectKey key,
        boolean proxied,
        List<IpAddress> clusterIps,
        List<ServicePort> ports,
        List<IpAddress> externalIps,
        List<IpAddress> loadBalancerVips,
        List<IpCidr> sourceRanges,
        int affinitySeconds,
        boolean externalPolicyLocal,
        boolean internalPolicyLocal,
        int healthCheckNodePort) {

    public Optional<IpAddress> clusterIp(IpFamily family) {
        return clusterIps.stream().filter(ip -> ip.family() == family).findFirst();
    }
}
