package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * Writes the packet to the kernel's log.
 *
 * @param prefix before each line, at most 127 bytes
 * @param level {@code NFT_LOGLEVEL_*}, 4 for warnings
 */
public record Log(String prefix, int level) implements Expression {
    private static final int PREFIX = 2;
    private static final int LEVEL = 5;

    @Override
    public String name() {
        return "log";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.string(PREFIX, prefix).be32(LEVEL, level);
    }

    static Log decode(Attributes data) {
        return new Log(data.string(PREFIX, ""), data.be32(LEVEL, 4));
    }
}
