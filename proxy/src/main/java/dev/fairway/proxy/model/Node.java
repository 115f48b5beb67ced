package dev.fairway.proxy.model;

import java.util.List;

/**
 * What the proxy keeps of its own Node.
 *
 * @param zone label {@code topology.kubernetes.io/zone}, empty without it
 * @param addresses IPs in the order in which one is chosen: InternalIPs, then ExternalIPs
 */
public record Node(String name, String zone, List<IpAddress> addresses, List<IpCidr> podCidrs) {
    /** A Node of which nothing is known yet. */
    public static Node unknown(String name) {
        return new Node(name, "", List.of(), List.of());
    }
}
