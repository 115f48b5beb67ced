package dev.fairway.netlink.nftables;

import dev.fairway.netlink.nftables.expr.Objref;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/** A counter that rules of a table share ({@code NFT_MSG_NEWOBJ}, {@code NFT_OBJECT_COUNTER}). */
public record NamedCounter(Table table, String name, long packets, long bytes) {
    private static final int TABLE = 1;
    private static final int NAME = 2;
    private static final int TYPE = 3;
    private static final int DATA = 4;
    private static final int BYTES = 1;
    private static final int PACKETS = 2;

    public NamedCounter {
        Names.check("counter", name);
    }

    /** A counter at zero. */
    public NamedCounter(Table table, String name) {
        this(table, name, 0, 0);
    }

    void write(NetlinkWriter writer) {
        writeName(writer);
        writer.nested(DATA, data -> data.be64(BYTES, bytes).be64(PACKETS, packets));
    }

    void writeName(NetlinkWriter writer) {
        writer.string(TABLE, table.name()).string(NAME, name).be32(TYPE, Objref.COUNTER);
    }

    static void writeTable(NetlinkWriter writer, Table table) {
        writer.string(TABLE, table.name()).be32(TYPE, Objref.COUNTER);
    }

    static NamedCounter decode(Family family, Attributes object) {
        var data = object.nested(DATA);
        return new NamedCounter(new Table(family, object.string(TABLE)), object.string(NAME), data.be64(PACKETS),
                data.be64(BYTES));
    }
}
