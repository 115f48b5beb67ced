package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Data;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * {@code dreg = (sreg & mask) ^ xor}.
 *
 * @param mask as long as the value, at least 1 byte
 * @param xor as long as the mask
 */
public record Bitwise(int sreg, int dreg, Bytes mask, Bytes xor) implements Expression {
    private static final int SREG = 1;
    private static final int DREG = 2;
    private static final int LEN = 3;
    private static final int MASK = 4;
    private static final int XOR = 5;
    private static final int OP = 6;
    private static final int OP_MASK_XOR = 0;

    public Bitwise {
        if (mask.length() != xor.length()) {
            throw new IllegalArgumentException("mask of " + mask.length() + " bytes, xor of " + xor.length());
        }
    }

    /** {@code dreg = sreg & mask}. */
    public static Bitwise and(int register, Bytes mask) {
        return new Bitwise(register, register, mask, Bytes.of(new byte[mask.length()]));
    }

    @Override
    public String name() {
        return "bitwise";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(SREG, sreg).be32(DREG, dreg).be32(OP, OP_MASK_XOR).be32(LEN, mask.length());
        Data.of(mask).write(writer, MASK);
        Data.of(xor).write(writer, XOR);
    }

    /** Shifts and operations of two registers have no record here. */
    static boolean isMaskAndXor(Attributes data) {
        return data.be32(OP, OP_MASK_XOR) == OP_MASK_XOR && data.has(MASK);
    }

    static Bitwise decode(Attributes data) {
        return new Bitwise(data.be32(SREG), data.be32(DREG), Data.decode(data.nested(MASK)).value(),
                Data.decode(data.nested(XOR)).value());
    }
}
