package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * Loads bytes of the packet into a register.
 *
 * @param base {@code NFT_PAYLOAD_*}: which header the offset counts from
 * @param offset bytes
 * @param length bytes
 */
public record Payload(int dreg, int base, int offset, int length) implements Expression {
    /** {@code NFT_PAYLOAD_NETWORK_HEADER}. */
    public static final int NETWORK_HEADER = 1;
    /** {@code NFT_PAYLOAD_TRANSPORT_HEADER}. */
    public static final int TRANSPORT_HEADER = 2;

    private static final int DREG = 1;
    private static final int BASE = 2;
    private static final int OFFSET = 3;
    private static final int LEN = 4;

    /** {@code ip saddr}. */
    public static Payload ipSaddr(int dreg) {
        return new Payload(dreg, NETWORK_HEADER, 12, 4);
    }

    /** {@code ip daddr}. */
    public static Payload ipDaddr(int dreg) {
        return new Payload(dreg, NETWORK_HEADER, 16, 4);
    }

    /** {@code ip6 saddr}. */
    public static Payload ip6Saddr(int dreg) {
        return new Payload(dreg, NETWORK_HEADER, 8, 16);
    }

    /** {@code ip6 daddr}. */
    public static Payload ip6Daddr(int dreg) {
        return new Payload(dreg, NETWORK_HEADER, 24, 16);
    }

    /** {@code th dport}. */
    public static Payload thDport(int dreg) {
        return new Payload(dreg, TRANSPORT_HEADER, 2, 2);
    }

    @Override
    public String name() {
        return "payload";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(DREG, dreg).be32(BASE, base).be32(OFFSET, offset).be32(LEN, length);
    }

    /** Writing into the packet has no record here. */
    static boolean isLoad(Attributes data) {
        return data.has(DREG);
    }

    static Payload decode(Attributes data) {
        return new Payload(data.be32(DREG), data.be32(BASE), data.be32(OFFSET), data.be32(LEN));
    }
}
