package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * Changes the byte order of a register.
 *
 * @param op {@link #NTOH} or {@link #HTON}
 * @param len bytes in all
 * @param size bytes of each number: 2, 4 or 8
 */
public record Byteorder(int sreg, int dreg, int op, int len, int size) implements Expression {
    /** {@code NFT_BYTEORDER_NTOH}. */
    public static final int NTOH = 0;
    /** {@code NFT_BYTEORDER_HTON}. */
    public static final int HTON = 1;

    private static final int SREG = 1;
    private static final int DREG = 2;
    private static final int OP = 3;
    private static final int LEN = 4;
    private static final int SIZE = 5;

    @Override
    public String name() {
        return "byteorder";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(SREG, sreg).be32(DREG, dreg).be32(OP, op).be32(LEN, len).be32(SIZE, size);
    }

    static Byteorder decode(Attributes data) {
        return new Byteorder(data.be32(SREG), data.be32(DREG), data.be32(OP), data.be32(LEN), data.be32(SIZE));
    }
}
