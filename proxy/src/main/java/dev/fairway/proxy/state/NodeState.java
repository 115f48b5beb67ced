package dev.fairway.proxy.state;

import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import java.util.List;
import java.util.Optional;

/**
 * What rules depend on of this node, in one address family.
 *
 * @param zone empty if unknown
 * @param address the node's own, if it has one in this family
 * @param localTraffic how traffic from this node's Pods is told from other traffic
 * @param nodePortAddresses where node ports listen: empty for every local address
 */
public record NodeState(
        String name,
        String zone,
        Optional<IpAddress> address,
        LocalTraffic localTraffic,
        Optional<List<IpAddress>> nodePortAddresses) {

    static Optional<IpAddress> address(Node node, IpFamily family) {
        return node.addresses().stream().filter(ip -> ip.family() == family).findFirst();
    }
}
