package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.List;
import java.util.function.Consumer;

/** One step of a rule: it reads and writes registers, matches, or acts on the packet. */
public sealed interface Expression permits Bitwise, Byteorder, Cmp, Counter, Ct, Dynset, Fib, Immediate, Limit, Log, Lookup,
        Masq, Meta, Nat, Notrack, Numgen, Objref, Payload, Range, Redir, Reject, Unknown {
    /** {@code NFTA_LIST_ELEM}. */
    int LIST_ELEM = 1;
    /** {@code NFTA_EXPR_NAME}. */
    int NAME = 1;
    /** {@code NFTA_EXPR_DATA}. */
    int DATA = 2;

    /** {@code NFTA_EXPR_NAME}, such as {@code payload}. */
    String name();

    /** Writes the attributes inside {@code NFTA_EXPR_DATA}. */
    void writeData(NetlinkWriter writer);

    /** Writes the expression as an attribute of the given type. */
    default void write(NetlinkWriter writer, int attribute) {
        int start = writer.beginNested(attribute);
        writer.string(NAME, name());
        int data = writer.beginNested(DATA);
        writeData(writer);
        writer.endNested(data);
        writer.endNested(start);
    }

    /** The expressions of a list attribute, such as {@code NFTA_RULE_EXPRESSIONS}. */
    static List<Expression> decodeList(Attributes list) {
        return list.all().stream().map(entry -> decode(entry.nested())).toList();
    }

    /** A list attribute. */
    static void writeList(NetlinkWriter writer, int attribute, List<Expression> expressions) {
        Consumer<NetlinkWriter> body = list -> expressions.forEach(expression -> expression.write(list, LIST_ELEM));
        writer.nested(attribute, body);
    }

    /** The expression in {@code NFTA_EXPR_*} attributes; one without a record here comes as {@link Unknown}. */
    static Expression decode(Attributes attributes) {
        var name = attributes.string(NAME);
        var data = attributes.nestedOrEmpty(DATA);
        return switch (name) {
            case "bitwise" -> Bitwise.isMaskAndXor(data) ? Bitwise.decode(data) : Unknown.decode(name, attributes);
            case "byteorder" -> Byteorder.decode(data);
            case "cmp" -> Cmp.decode(data);
            case "counter" -> Counter.decode(data);
            case "ct" -> Ct.decode(data);
            case "dynset" -> Dynset.decode(data);
            case "fib" -> Fib.decode(data);
            case "immediate" -> Immediate.decode(data);
            case "limit" -> Limit.decode(data);
            case "log" -> Log.decode(data);
            case "lookup" -> Lookup.decode(data);
            case "masq" -> Masq.decode(data);
            case "meta" -> Meta.decode(data);
            case "nat" -> Nat.decode(data);
            case "notrack" -> new Notrack();
            case "numgen" -> Numgen.decode(data);
            case "objref" -> Objref.isImmediate(data) ? Objref.decode(data) : Unknown.decode(name, attributes);
            case "payload" -> Payload.isLoad(data) ? Payload.decode(data) : Unknown.decode(name, attributes);
            case "range" -> Range.decode(data);
            case "redir" -> Redir.decode(data);
            case "reject" -> Reject.decode(data);
            default -> Unknown.decode(name, attributes);
        };
    }
}
