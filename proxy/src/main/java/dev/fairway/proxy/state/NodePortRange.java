package dev.fairway.proxy.state;

import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where node ports listen: {@code nodePortAddresses}, resolved for one address family.
 *
 * @param all on every local address
 * @param cidrs otherwise, on the local addresses in these
 */
public record NodePortRange(boolean all, List<IpCidr> cidrs) {
    /** The word that stands for the node's own addresses. */
    public static final String PRIMARY = "primary";

    /**
     * @param setting blocks of either family, or {@code primary} alone; a family without any listens everywhere, as with
     *     kube-proxy
     * @throws IllegalArgumentException if one is no block
     */
    public static NodePortRange of(List<String> setting, IpFamily family, Node node) {
        List<IpCidr> cidrs = setting.equals(List.of(PRIMARY))
                ? NodeState.address(node, family).filter(ip -> !ip.isLoopback()).map(IpCidr::of).stream().toList()
                : setting.stream().map(IpCidr::of).filter(cidr -> cidr.family() == family).toList();
        boolean all = cidrs.isEmpty() || cidrs.stream().anyMatch(IpCidr::isAll);
        return new NodePortRange(all, all ? List.of() : cidrs);
    }

    /** Whether node ports are wanted on 127.0.0.1. */
    public boolean containsIpv4Loopback() {
        return all || cidrs.stream().anyMatch(cidr -> cidr.address().isIpv4()
                && (cidr.address().isLoopback() || cidr.contains(IpAddress.of("127.0.0.1"))));
    }

    /** Those of a node's addresses that node ports listen on; empty for all. */
    public Optional<List<IpAddress>> select(Collection<IpAddress> addresses) {
        return all
                ? Optional.empty()
                : Optional.of(addresses.stream()
                        .filter(address -> cidrs.stream().anyMatch(cidr -> cidr.contains(address)))
                        .distinct()
                        .toList());
    }
}
