package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.NetlinkWriter;

/** Leaves the packet out of connection tracking. */
public record Notrack() implements Expression {
    @Override
    public String name() {
        return "notrack";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        // It has no attributes.
    }
}
