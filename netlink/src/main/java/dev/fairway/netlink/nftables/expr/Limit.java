package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * Matches up to a rate.
 *
 * @param rate packets or bytes per unit
 * @param unitSeconds the unit of time
 * @param burst packets or bytes let through at once
 * @param type {@link #PACKETS} or {@link #BYTES}
 * @param inverted matches above the rate
 */
public record Limit(long rate, long unitSeconds, int burst, int type, boolean inverted) implements Expression {
    /** {@code NFT_LIMIT_PKTS}. */
    public static final int PACKETS = 0;
    /** {@code NFT_LIMIT_PKT_BYTES}. */
    public static final int BYTES = 1;

    private static final int RATE = 1;
    private static final int UNIT = 2;
    private static final int BURST = 3;
    private static final int TYPE = 4;
    private static final int FLAGS = 5;

    @Override
    public String name() {
        return "limit";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be64(RATE, rate).be64(UNIT, unitSeconds).be32(BURST, burst).be32(TYPE, type)
                .be32(FLAGS, inverted ? 1 : 0);
    }

    static Limit decode(Attributes data) {
        return new Limit(data.be64(RATE), data.be64(UNIT), data.be32(BURST, 0), data.be32(TYPE, PACKETS),
                (data.be32(FLAGS, 0) & 1) != 0);
    }
}
