package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * Drops the packet and tells the sender.
 *
 * @param type {@code NFT_REJECT_*}
 * @param code ICMP code, unused for {@link #TCP_RST}
 */
public record Reject(int type, int code) implements Expression {
    /** {@code NFT_REJECT_ICMP_UNREACH}. */
    public static final int ICMP_UNREACH = 0;
    /** {@code NFT_REJECT_TCP_RST}. */
    public static final int TCP_RST = 1;
    /** {@code NFT_REJECT_ICMPX_UNREACH}. */
    public static final int ICMPX_UNREACH = 2;
    private static final int ICMP_PORT_UNREACH = 3;
    private static final int ICMPV6_PORT_UNREACH = 4;

    private static final int TYPE = 1;
    private static final int ICMP_CODE = 2;

    /** {@code reject} in a table of family ip: port unreachable. */
    public static Reject ipPortUnreachable() {
        return new Reject(ICMP_UNREACH, ICMP_PORT_UNREACH);
    }

    /** {@code reject} in a table of family ip6: port unreachable. */
    public static Reject ip6PortUnreachable() {
        return new Reject(ICMP_UNREACH, ICMPV6_PORT_UNREACH);
    }

    @Override
    public String name() {
        return "reject";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(TYPE, type);
        if (type != TCP_RST) {
            writer.u8(ICMP_CODE, code);
        }
    }

    static Reject decode(Attributes data) {
        return new Reject(data.be32(TYPE), data.has(ICMP_CODE) ? data.u8(ICMP_CODE) : 0);
    }
}
