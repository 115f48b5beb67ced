package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * A number from {@code offset} to {@code offset + modulus - 1}, 4 bytes in the machine's byte order.
 *
 * @param modulus at least 1
 * @param random at random rather than one after the other
 */
public record Numgen(int dreg, int modulus, boolean random, int offset) implements Expression {
    private static final int DREG = 1;
    private static final int MODULUS = 2;
    private static final int TYPE = 3;
    private static final int OFFSET = 4;
    /** {@code NFT_NG_INCREMENTAL}. */
    private static final int INCREMENTAL = 0;
    /** {@code NFT_NG_RANDOM}. */
    private static final int RANDOM = 1;

    public Numgen {
        if (modulus < 1) {
            throw new IllegalArgumentException("modulus " + modulus);
        }
    }

    public static Numgen random(int modulus, int dreg) {
        return new Numgen(dreg, modulus, true, 0);
    }

    @Override
    public String name() {
        return "numgen";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(DREG, dreg).be32(MODULUS, modulus).be32(TYPE, random ? RANDOM : INCREMENTAL).be32(OFFSET, offset);
    }

    static Numgen decode(Attributes data) {
        return new Numgen(data.be32(DREG), data.be32(MODULUS), data.be32(TYPE) == RANDOM, data.be32(OFFSET, 0));
    }
}
