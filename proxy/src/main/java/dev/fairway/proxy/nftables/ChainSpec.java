package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.Rule;
import java.util.List;

/** A chain with its rules, in order, without handles. */
record ChainSpec(Chain chain, List<Rule> rules) {
    String name() {
        return chain.name();
    }
}
