package dev.fairway.proxy.state;

import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What rules depend on of this node, in one address family.
 *
 * @param zone empty if unknown
 * @param address the node's own; the loopback address if it has none in this family, as for kube-proxy
 * @param localTraffic how traffic from this node's Pods is told from other traffic
 * @param nodePortAddresses where node ports listen: empty for every local address
 * @param loopbackNodePorts whether 127.0.0.1 is among the addresses that node ports are wanted on
 */
public record NodeState(
        String name,
        String zone,
        IpAddress address,
        LocalTraffic localTraffic,
        Optional<List<IpAddress>> nodePortAddresses,
        boolean loopbackNodePorts) {

    /** @param local the addresses of the node's interfaces; asked for only where node ports are not on all */
    public static NodeState of(ProxyOptions options, IpFamily family, Node node, Collection<IpAddress> local) {
        NodePortRange range = NodePortRange.of(options.nodePortAddresses(), family, node);
        return new NodeState(node.name(), node.zone(), address(node, family).orElse(loopback(family)),
                options.detectLocal().resolve(family, node), range.select(local), range.containsIpv4Loopback());
    }

    private static IpAddress loopback(IpFamily family) {
        return IpAddress.of(family == IpFamily.IPV4 ? "127.0.0.1" : "::1");
    }

    static Optional<IpAddress> address(Node node, IpFamily family) {
        return node.addresses().stream().filter(ip -> ip.family() == family).findFirst();
    }
}
