package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/** Counts packets and bytes. */
public record Counter(long packets, long bytes) implements Expression {
    private static final int BYTES = 1;
    private static final int PACKETS = 2;

    /** A counter at zero. */
    public Counter() {
        this(0, 0);
    }

    @Override
    public String name() {
        return "counter";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be64(BYTES, bytes).be64(PACKETS, packets);
    }

    static Counter decode(Attributes data) {
        return new Counter(data.be64(PACKETS), data.be64(BYTES));
    }
}
