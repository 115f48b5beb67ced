package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * Asks the routing table about an address of the packet.
 *
 * @param result {@code NFT_FIB_RESULT_*}
 * @param flags {@code NFTA_FIB_F_*}: what to look up
 */
public record Fib(int dreg, int result, int flags) implements Expression {
    /** {@code NFT_FIB_RESULT_OIF}. */
    public static final int OIF = 1;
    /** {@code NFT_FIB_RESULT_ADDRTYPE}: an {@code RTN_*} number, 4 bytes, the machine's byte order. */
    public static final int ADDRTYPE = 3;
    /** {@code NFTA_FIB_F_SADDR}. */
    public static final int SADDR = 1;
    /** {@code NFTA_FIB_F_DADDR}. */
    public static final int DADDR = 2;
    /** {@code RTN_LOCAL}: an address of this machine. */
    public static final int RTN_LOCAL = 2;

    private static final int DREG = 1;
    private static final int RESULT = 2;
    private static final int FLAGS = 3;

    @Override
    public String name() {
        return "fib";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(DREG, dreg).be32(RESULT, result).be32(FLAGS, flags);
    }

    static Fib decode(Attributes data) {
        return new Fib(data.be32(DREG), data.be32(RESULT), data.be32(FLAGS));
    }
}
