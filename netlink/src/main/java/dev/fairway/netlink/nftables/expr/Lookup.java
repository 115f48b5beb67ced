package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.OptionalInt;

/**
 * Looks a register up in a set; the rule goes on only if it is in.
 *
 * @param sreg holds the key
 * @param dreg where a map's data goes; {@link dev.fairway.netlink.nftables.Register#VERDICT} for a verdict map
 * @param inverted goes on only if the key is not in
 */
public record Lookup(String set, int sreg, OptionalInt dreg, boolean inverted) implements Expression {
    private static final int SET = 1;
    private static final int SREG = 2;
    private static final int DREG = 3;
    private static final int FLAGS = 5;
    /** {@code NFT_LOOKUP_F_INV}. */
    private static final int INVERT = 1;

    /** {@code @set}. */
    public static Lookup in(String set, int sreg) {
        return new Lookup(set, sreg, OptionalInt.empty(), false);
    }

    /** {@code != @set}. */
    public static Lookup notIn(String set, int sreg) {
        return new Lookup(set, sreg, OptionalInt.empty(), true);
    }

    /** {@code map @set}, or {@code vmap @set} with the verdict register as destination. */
    public static Lookup map(String set, int sreg, int dreg) {
        return new Lookup(set, sreg, OptionalInt.of(dreg), false);
    }

    @Override
    public String name() {
        return "lookup";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.string(SET, set).be32(SREG, sreg);
        dreg.ifPresent(register -> writer.be32(DREG, register));
        if (inverted) {
            writer.be32(FLAGS, INVERT);
        }
    }

    static Lookup decode(Attributes data) {
        return new Lookup(data.string(SET), data.be32(SREG),
                data.has(DREG) ? OptionalInt.of(data.be32(DREG)) : OptionalInt.empty(),
                (data.be32(FLAGS, 0) & INVERT) != 0);
    }
}
