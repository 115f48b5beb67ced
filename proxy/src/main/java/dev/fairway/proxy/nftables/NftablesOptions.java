package dev.fairway.proxy.nftables;

import dev.fairway.proxy.state.ProxyOptions;

/**
 * The settings that the ruleset depends on.
 *
 * @param masqueradeMark the bit in the packet mark
 * @param localhostNodePorts whether node ports are served on 127.0.0.1, which kube-proxy's mode nftables never does
 */
record NftablesOptions(int masqueradeMark, boolean masqueradeAll, boolean localhostNodePorts) {
    static NftablesOptions of(ProxyOptions options, boolean localhostNodePorts) {
        return new NftablesOptions(options.masqueradeMark(), options.masqueradeAll(), localhostNodePorts);
    }
}
