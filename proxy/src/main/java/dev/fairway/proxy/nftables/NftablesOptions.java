package dev.fairway.proxy.nftables;

import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.state.NodePortRange;
import dev.fairway.proxy.state.ProxyOptions;

/**
 * The settings that the ruleset depends on.
 *
 * @param masqueradeMark the bit in the packet mark
 * @param localhostNodePorts whether node ports are served on 127.0.0.1, which kube-proxy's mode nftables never does
 */
record NftablesOptions(int masqueradeMark, boolean masqueradeAll, boolean localhostNodePorts) {
    static NftablesOptions of(ProxyOptions options) {
        return new NftablesOptions(options.masqueradeMark(), options.masqueradeAll(),
                options.localhostNodePorts() && wantsLoopback(options));
    }

    /** Blocks that leave 127.0.0.1 out are meant so; {@code primary} is this mode's default and says nothing of it. */
    private static boolean wantsLoopback(ProxyOptions options) {
        var addresses = options.nodePortAddresses();
        return addresses.isEmpty() || addresses.contains(NodePortRange.PRIMARY)
                || addresses.stream().map(IpCidr::of).anyMatch(cidr -> cidr.contains(Skeleton.LOCALHOST));
    }
}
