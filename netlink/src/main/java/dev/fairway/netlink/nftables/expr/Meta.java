package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * Reads or writes what goes along with the packet.
 *
 * @param set whether {@code register} is written to the packet rather than filled from it
 * @param register source or destination
 * @param key {@code NFT_META_*}
 */
public record Meta(boolean set, int register, int key) implements Expression {
    /** {@code NFT_META_MARK}: 4 bytes, the machine's byte order. */
    public static final int MARK = 3;
    /** {@code NFT_META_IIFNAME}: 16 bytes. */
    public static final int IIFNAME = 6;
    /** {@code NFT_META_OIFNAME}: 16 bytes. */
    public static final int OIFNAME = 7;
    /** {@code NFT_META_NFPROTO}: 1 byte. */
    public static final int NFPROTO = 15;
    /** {@code NFT_META_L4PROTO}: 1 byte. */
    public static final int L4PROTO = 16;
    /** {@code NFT_META_PKTTYPE}: 1 byte. */
    public static final int PKTTYPE = 19;

    private static final int DREG = 1;
    private static final int KEY = 2;
    private static final int SREG = 3;

    public static Meta load(int key, int dreg) {
        return new Meta(false, dreg, key);
    }

    public static Meta set(int key, int sreg) {
        return new Meta(true, sreg, key);
    }

    @Override
    public String name() {
        return "meta";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(KEY, key).be32(set ? SREG : DREG, register);
    }

    static Meta decode(Attributes data) {
        boolean set = data.has(SREG);
        return new Meta(set, data.be32(set ? SREG : DREG), data.be32(KEY));
    }
}
