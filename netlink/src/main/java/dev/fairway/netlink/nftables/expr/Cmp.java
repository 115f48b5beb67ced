package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Data;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * Compares a register with a value, byte by byte from the first; the rule goes on only if the comparison holds.
 *
 * @param op {@code NFT_CMP_*}
 */
public record Cmp(int sreg, int op, Bytes value) implements Expression {
    /** {@code NFT_CMP_EQ}. */
    public static final int EQ = 0;
    /** {@code NFT_CMP_NEQ}. */
    public static final int NEQ = 1;
    /** {@code NFT_CMP_LT}. */
    public static final int LT = 2;
    /** {@code NFT_CMP_LTE}. */
    public static final int LTE = 3;
    /** {@code NFT_CMP_GT}. */
    public static final int GT = 4;
    /** {@code NFT_CMP_GTE}. */
    public static final int GTE = 5;

    private static final int SREG = 1;
    private static final int OP = 2;
    private static final int DATA_VALUE = 3;

    public static Cmp equal(int sreg, Bytes value) {
        return new Cmp(sreg, EQ, value);
    }

    public static Cmp notEqual(int sreg, Bytes value) {
        return new Cmp(sreg, NEQ, value);
    }

    @Override
    public String name() {
        return "cmp";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(SREG, sreg).be32(OP, op);
        Data.of(value).write(writer, DATA_VALUE);
    }

    static Cmp decode(Attributes data) {
        return new Cmp(data.be32(SREG), data.be32(OP), Data.decode(data.nested(DATA_VALUE)).value());
    }
}
