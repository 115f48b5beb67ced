package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.OptionalInt;

/**
 * Translates the connection's source or destination.
 *
 * @param destination DNAT rather than SNAT
 * @param family of the addresses
 * @param address register of the new address
 * @param port register of the new port
 * @param flags {@code NF_NAT_RANGE_*} beside those that follow from address and port
 */
public record Nat(boolean destination, Family family, OptionalInt address, OptionalInt port, int flags)
        implements Expression {
    /** {@code NF_NAT_RANGE_PROTO_RANDOM}. */
    public static final int RANDOM = 4;
    /** {@code NF_NAT_RANGE_PERSISTENT}. */
    public static final int PERSISTENT = 8;
    /** {@code NF_NAT_RANGE_PROTO_RANDOM_FULLY}. */
    public static final int FULLY_RANDOM = 16;
    /** {@code NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED}, which the kernel adds by itself. */
    private static final int IMPLIED = 1 | 2;

    private static final int TYPE = 1;
    private static final int FAMILY = 2;
    private static final int REG_ADDR_MIN = 3;
    private static final int REG_PROTO_MIN = 5;
    private static final int FLAGS = 7;
    private static final int SNAT = 0;
    private static final int DNAT = 1;

    /** {@code dnat to ADDRESS:PORT} with both in registers. */
    public static Nat dnat(Family family, int address, int port) {
        return new Nat(true, family, OptionalInt.of(address), OptionalInt.of(port), 0);
    }

    @Override
    public String name() {
        return "nat";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        writer.be32(TYPE, destination ? DNAT : SNAT).be32(FAMILY, family.number());
        address.ifPresent(register -> writer.be32(REG_ADDR_MIN, register));
        port.ifPresent(register -> writer.be32(REG_PROTO_MIN, register));
        if (flags != 0) {
            writer.be32(FLAGS, flags);
        }
    }

    static Nat decode(Attributes data) {
        return new Nat(data.be32(TYPE) == DNAT, Family.of(data.be32(FAMILY)), register(data, REG_ADDR_MIN),
                register(data, REG_PROTO_MIN), data.be32(FLAGS, 0) & ~IMPLIED);
    }

    private static OptionalInt register(Attributes data, int type) {
        return data.has(type) ? OptionalInt.of(data.be32(type)) : OptionalInt.empty();
    }
}
