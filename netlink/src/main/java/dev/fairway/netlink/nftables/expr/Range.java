package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Data;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * Matches values from {@code from} to {@code to}, both included.
 *
 * @param inverted matches the others
 */
public record Range(int sreg, boolean inverted, Bytes from, Bytes to) implements Expression {
    private static final int SREG = 1;
    private static final int OP = 2;
    private static final int FROM_DATA = 3;
    private static final int TO_DATA = 4;

    @Override
    public String name() {
        return "range";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(SREG, sreg).be32(OP, inverted ? 1 : 0);
        Data.of(from).write(writer, FROM_DATA);
        Data.of(to).write(writer, TO_DATA);
    }

    static Range decode(Attributes data) {
        return new Range(data.be32(SREG), data.be32(OP) == 1, Data.decode(data.nested(FROM_DATA)).value(),
                Data.decode(data.nested(TO_DATA)).value());
    }
}
