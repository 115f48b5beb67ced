package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.OptionalInt;

/**
 * Reads or writes what connection tracking knows of the packet's connection.
 *
 * @param set whether {@code register} is written to the connection rather than filled from it
 * @param register source or destination
 * @param key {@code NFT_CT_*}
 * @param direction {@link #ORIGINAL} or {@link #REPLY} for keys that have one
 */
public record Ct(boolean set, int register, int key, OptionalInt direction) implements Expression {
    /** {@code NFT_CT_STATE}: {@code NF_CT_STATE_*} bits, 4 bytes. */
    public static final int STATE = 0;
    /** {@code NFT_CT_STATUS}: {@code IPS_*} bits, 4 bytes. */
    public static final int STATUS = 2;
    /** {@code NFT_CT_MARK}: 4 bytes. */
    public static final int MARK = 3;
    /** {@code NFT_CT_PROTOCOL}: layer 4 protocol, 1 byte. */
    public static final int PROTOCOL = 10;
    /** {@code NFT_CT_PROTO_SRC}: 2 bytes. */
    public static final int PROTO_SRC = 11;
    /** {@code NFT_CT_PROTO_DST}: 2 bytes. */
    public static final int PROTO_DST = 12;
    /** {@code NFT_CT_SRC_IP}: 4 bytes. */
    public static final int SRC_IP = 19;
    /** {@code NFT_CT_DST_IP}: 4 bytes. */
    public static final int DST_IP = 20;
    /** {@code NFT_CT_SRC_IP6}: 16 bytes. */
    public static final int SRC_IP6 = 21;
    /** {@code NFT_CT_DST_IP6}: 16 bytes. */
    public static final int DST_IP6 = 22;

    /** {@code IP_CT_DIR_ORIGINAL}. */
    public static final int ORIGINAL = 0;
    /** {@code IP_CT_DIR_REPLY}. */
    public static final int REPLY = 1;

    /** {@code NF_CT_STATE_INVALID_BIT}. */
    public static final int STATE_INVALID = 1;
    /** {@code NF_CT_STATE_BIT(IP_CT_ESTABLISHED)}. */
    public static final int STATE_ESTABLISHED = 1 << 1;
    /** {@code NF_CT_STATE_BIT(IP_CT_RELATED)}. */
    public static final int STATE_RELATED = 1 << 2;
    /** {@code NF_CT_STATE_BIT(IP_CT_NEW)}. */
    public static final int STATE_NEW = 1 << 3;

    /** {@code IPS_SRC_NAT}. */
    public static final int STATUS_SNAT = 1 << 4;
    /** {@code IPS_DST_NAT}. */
    public static final int STATUS_DNAT = 1 << 5;

    private static final int DREG = 1;
    private static final int KEY = 2;
    private static final int DIRECTION = 3;
    private static final int SREG = 4;

    public static Ct load(int key, int dreg) {
        return new Ct(false, dreg, key, OptionalInt.empty());
    }

    public static Ct load(int key, int direction, int dreg) {
        return new Ct(false, dreg, key, OptionalInt.of(direction));
    }

    public static Ct set(int key, int sreg) {
        return new Ct(true, sreg, key, OptionalInt.empty());
    }

    @Override
    public String name() {
        return "ct";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(KEY, key).be32(set ? SREG : DREG, register);
        direction.ifPresent(value -> writer.u8(DIRECTION, value));
    }

    static Ct decode(Attributes data) {
        boolean set = data.has(SREG);
        return new Ct(set, data.be32(set ? SREG : DREG), data.be32(KEY),
                data.has(DIRECTION) ? OptionalInt.of(data.u8(DIRECTION)) : OptionalInt.empty());
    }
}
