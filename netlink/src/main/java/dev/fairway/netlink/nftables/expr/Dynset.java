package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.List;
import java.util.OptionalInt;

/**
 * Writes an element into a set or map from the packet path.
 *
 * @param op {@code NFT_DYNSET_OP_*}
 * @param keyRegister holds the key
 * @param dataRegister holds the data of a map
 * @param timeoutMillis how long the element lasts, 0 for the set's own time
 * @param expressions that the element carries, such as a counter
 */
public record Dynset(String set, int op, int keyRegister, OptionalInt dataRegister, long timeoutMillis,
        List<Expression> expressions) implements Expression {
    /** {@code NFT_DYNSET_OP_ADD}. */
    public static final int ADD = 0;
    /** {@code NFT_DYNSET_OP_UPDATE}: add, or begin the time of an existing element anew. */
    public static final int UPDATE = 1;
    /** {@code NFT_DYNSET_OP_DELETE}. */
    public static final int DELETE = 2;

    private static final int SET_NAME = 1;
    private static final int OP = 3;
    private static final int SREG_KEY = 4;
    private static final int SREG_DATA = 5;
    private static final int TIMEOUT = 6;
    private static final int EXPR = 7;
    private static final int EXPRESSIONS = 10;

    public Dynset {
        expressions = List.copyOf(expressions);
    }

    /** Adds a key to a set or renews its time. */
    public static Dynset update(String set, int keyRegister, long timeoutMillis) {
        return new Dynset(set, UPDATE, keyRegister, OptionalInt.empty(), timeoutMillis, List.of());
    }

    @Override
    public String name() {
        return "dynset";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.string(SET_NAME, set).be32(OP, op).be32(SREG_KEY, keyRegister);
        dataRegister.ifPresent(register -> writer.be32(SREG_DATA, register));
        if (timeoutMillis != 0) {
            writer.be64(TIMEOUT, timeoutMillis);
        }
        if (expressions.size() == 1) {
            expressions.getFirst().write(writer, EXPR);
        } else if (!expressions.isEmpty()) {
            Expression.writeList(writer, EXPRESSIONS, expressions);
        }
    }

    static Dynset decode(Attributes data) {
        List<Expression> expressions = List.of();
        if (data.has(EXPRESSIONS)) {
            expressions = Expression.decodeList(data.nested(EXPRESSIONS));
        } else if (data.has(EXPR)) {
            expressions = List.of(Expression.decode(data.nested(EXPR)));
        }
        return new Dynset(data.string(SET_NAME), data.be32(OP), data.be32(SREG_KEY),
                data.has(SREG_DATA) ? OptionalInt.of(data.be32(SREG_DATA)) : OptionalInt.empty(),
                data.has(TIMEOUT) ? data.be64(TIMEOUT) : 0, expressions);
    }
}
