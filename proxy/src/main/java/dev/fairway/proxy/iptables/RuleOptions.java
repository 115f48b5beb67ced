package dev.fairway.proxy.iptables;

import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.ProxyOptions;
import java.util.Set;

/**
 * The settings that rules depend on, in one address family.
 *
 * @param masqueradeMark the bit in the packet mark
 * @param localhostNodePorts whether node ports are served on 127.0.0.1; never true for IPv6
 * @param counters the nfacct objects that the kernel has, of those in {@link PacketCounters}
 */
record RuleOptions(
        IpFamily family,
        int masqueradeMark,
        boolean masqueradeAll,
        boolean localhostNodePorts,
        boolean conntrackTcpLiberal,
        Set<String> counters) {

    static RuleOptions of(ProxyOptions options, NodeState node, IpFamily family, Set<String> counters) {
        boolean localhost = family == IpFamily.IPV4 && options.localhostNodePorts() && node.loopbackNodePorts();
        return new RuleOptions(family, options.masqueradeMark(), options.masqueradeAll(), localhost,
                options.conntrackTcpLiberal(), Set.copyOf(counters));
    }

    /** The mark with its mask, as iptables writes it. */
    String mark() {
        String hex = "0x" + Integer.toHexString(masqueradeMark);
        return hex + "/" + hex;
    }
}
