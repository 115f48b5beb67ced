package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * Uses a named object of the table.
 *
 * @param type {@code NFT_OBJECT_*}
 * @param object its name
 */
public record Objref(int type, String object) implements Expression {
    /** {@code NFT_OBJECT_COUNTER}. */
    public static final int COUNTER = 1;

    private static final int IMM_TYPE = 1;
    private static final int IMM_NAME = 2;

    @Override
    public String name() {
        return "objref";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(IMM_TYPE, type).string(IMM_NAME, object);
    }

    /** Objects chosen by a map have no record here. */
    static boolean isImmediate(Attributes data) {
        return data.has(IMM_NAME);
    }

    static Objref decode(Attributes data) {
        return new Objref(data.be32(IMM_TYPE), data.string(IMM_NAME));
    }
}
