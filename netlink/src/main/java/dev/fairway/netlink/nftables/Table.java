package dev.fairway.netlink.nftables;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * A table ({@code NFT_MSG_NEWTABLE}).
 *
 * @param name as nft's grammar takes it: a letter, then letters, digits and {@code / \ _ . -}
 * @param comment at most 127 bytes, empty for none
 */
public record Table(Family family, String name, String comment) {
    private static final int NAME = 1;
    private static final int FLAGS = 2;
    private static final int USERDATA = 6;

    public Table {
        Names.check("table", name);
    }

    public Table(Family family, String name) {
        this(family, name, "");
    }

    void write(NetlinkWriter writer) {
        writer.string(NAME, name).be32(FLAGS, 0);
        if (!comment.isEmpty()) {
            writer.bytes(USERDATA, Userdata.comment(Userdata.COMMENT, comment));
        }
    }

    /** As far as it takes to find the table. */
    void writeName(NetlinkWriter writer) {
        writer.string(NAME, name);
    }

    static Table decode(Family family, Attributes attributes) {
        return new Table(family, attributes.string(NAME),
                attributes.has(USERDATA) ? Userdata.text(attributes.array(USERDATA), Userdata.COMMENT) : "");
    }

    /** Whether both are the same object to the kernel, whatever their comments. */
    public boolean sameAs(Table other) {
        return family == other.family && name.equals(other.name);
    }

    /** As nft writes it: {@code ip fairway}. */
    @Override
    public String toString() {
        return family + " " + name;
    }
}
