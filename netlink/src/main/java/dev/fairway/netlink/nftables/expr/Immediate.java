package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Data;
import dev.fairway.netlink.nftables.Register;
import dev.fairway.netlink.nftables.Verdict;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/** Fills a register with a value, or decides the packet's way. */
public record Immediate(int dreg, Data data) implements Expression {
    private static final int DREG = 1;
    private static final int DATA_VALUE = 2;

    public static Immediate of(int dreg, Bytes value) {
        return new Immediate(dreg, Data.of(value));
    }

    public static Immediate of(Verdict verdict) {
        return new Immediate(Register.VERDICT, Data.of(verdict));
    }

    @Override
    public String name() {
        return "immediate";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(DREG, dreg);
        data.write(writer, DATA_VALUE);
    }

    static Immediate decode(Attributes attributes) {
        return new Immediate(attributes.be32(DREG), Data.decode(attributes.nested(DATA_VALUE)));
    }
}
