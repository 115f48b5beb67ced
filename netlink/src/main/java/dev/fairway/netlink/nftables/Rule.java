package dev.fairway.netlink.nftables;

import dev.fairway.netlink.nftables.expr.Expression;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.List;

/**
 * A rule ({@code NFT_MSG_NEWRULE}).
 *
 * @param handle the kernel's number for it, 0 before it has one
 * @param comment at most 127 bytes, empty for none
 */
public record Rule(Table table, String chain, long handle, List<Expression> expressions, String comment) {
    private static final int TABLE = 1;
    private static final int CHAIN = 2;
    private static final int HANDLE = 3;
    private static final int EXPRESSIONS = 4;
    private static final int POSITION = 6;
    private static final int USERDATA = 7;

    public Rule {
        expressions = List.copyOf(expressions);
    }

    /** A rule to be added. */
    public static Rule of(Chain chain, List<Expression> expressions) {
        return new Rule(chain.table(), chain.name(), 0, expressions, "");
    }

    public static Rule of(Chain chain, Expression... expressions) {
        return of(chain, List.of(expressions));
    }

    public Rule comment(String comment) {
        return new Rule(table, chain, handle, expressions, comment);
    }

    void write(NetlinkWriter writer, long position) {
        writer.string(TABLE, table.name()).string(CHAIN, chain);
        Expression.writeList(writer, EXPRESSIONS, expressions);
        if (position != 0) {
            writer.be64(POSITION, position);
        }
        if (!comment.isEmpty()) {
            writer.bytes(USERDATA, Userdata.comment(Userdata.COMMENT, comment));
        }
    }

    void writeHandle(NetlinkWriter writer) {
        writer.string(TABLE, table.name()).string(CHAIN, chain).be64(HANDLE, handle);
    }

    static void writeChain(NetlinkWriter writer, Chain chain) {
        writer.string(TABLE, chain.table().name()).string(CHAIN, chain.name());
    }

    /** A filter for listing the rules of a table. */
    static void writeTable(NetlinkWriter writer, Table table) {
        writer.string(TABLE, table.name());
    }

    static Rule decode(Family family, Attributes attributes) {
        return new Rule(new Table(family, attributes.string(TABLE)), attributes.string(CHAIN), attributes.be64(HANDLE),
                attributes.has(EXPRESSIONS) ? Expression.decodeList(attributes.nested(EXPRESSIONS)) : List.of(),
                attributes.has(USERDATA) ? Userdata.text(attributes.array(USERDATA), Userdata.COMMENT) : "");
    }
}
