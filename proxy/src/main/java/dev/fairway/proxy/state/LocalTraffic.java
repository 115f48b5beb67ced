package dev.fairway.proxy.state;

import dev.fairway.proxy.model.IpCidr;

/** How a packet of a Pod on this node is told from others: {@code detectLocalMode}, resolved for one address family. */
public sealed interface LocalTraffic {
    /** It cannot be told. */
    record Unknown() implements LocalTraffic {}

    /** By its source address: modes ClusterCIDR and NodeCIDR. */
    record FromCidr(IpCidr cidr) implements LocalTraffic {}

    /** By the interface it comes in on: mode BridgeInterface. */
    record FromInterface(String name) implements LocalTraffic {}

    /** By the interface it comes in on, whose name starts so: mode InterfaceNamePrefix. */
    record FromInterfacePrefix(String prefix) implements LocalTraffic {}
}
