package dev.fairway.netlink.nftables;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.Optional;

/**
 * A chain ({@code NFT_MSG_NEWCHAIN}).
 *
 * @param hook where a base chain meets packets; empty for a chain that others jump to
 * @param comment at most 127 bytes, empty for none
 */
public record Chain(Table table, String name, Optional<Hook> hook, String comment) {
    private static final int TABLE = 1;
    private static final int NAME = 3;
    private static final int HOOK = 4;
    private static final int POLICY = 5;
    private static final int TYPE = 7;
    private static final int USERDATA = 12;

    public Chain {
        Names.check("chain", name);
    }

    public static Chain regular(Table table, String name) {
        return new Chain(table, name, Optional.empty(), "");
    }

    public static Chain base(Table table, String name, Hook hook) {
        return new Chain(table, name, Optional.of(hook), "");
    }

    public Chain comment(String comment) {
        return new Chain(table, name, hook, comment);
    }

    void write(NetlinkWriter writer) {
        writeName(writer);
        hook.ifPresent(base -> {
            base.write(writer, HOOK);
            writer.be32(POLICY, base.policy().code()).string(TYPE, base.type().keyword());
        });
        if (!comment.isEmpty()) {
            writer.bytes(USERDATA, Userdata.comment(Userdata.COMMENT, comment));
        }
    }

    void writeName(NetlinkWriter writer) {
        writer.string(TABLE, table.name()).string(NAME, name);
    }

    static Chain decode(Family family, Attributes attributes) {
        var hook = attributes.has(HOOK)
                ? Optional.of(Hook.decode(attributes.nested(HOOK), attributes.string(TYPE), attributes.be32(POLICY, 1)))
                : Optional.<Hook>empty();
        return new Chain(new Table(family, attributes.string(TABLE)), attributes.string(NAME), hook,
                attributes.has(USERDATA) ? Userdata.text(attributes.array(USERDATA), Userdata.COMMENT) : "");
    }
}
