package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * Translates the source address to the one of the interface that the packet leaves by.
 *
 * @param flags {@code NF_NAT_RANGE_*}, such as {@link Nat#FULLY_RANDOM}
 */
public record Masq(int flags) implements Expression {
    private static final int FLAGS = 1;

    @Override
    public String name() {
        return "masq";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        if (flags != 0) {
            writer.be32(FLAGS, flags);
        }
    }

    static Masq decode(Attributes data) {
        return new Masq(data.be32(FLAGS, 0));
    }
}
