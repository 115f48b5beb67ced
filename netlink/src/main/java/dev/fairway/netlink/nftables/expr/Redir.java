package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.OptionalInt;

/**
 * Translates the destination to this machine.
 *
 * @param port register of the new port; the port stays if empty
 */
public record Redir(OptionalInt port) implements Expression {
    private static final int REG_PROTO_MIN = 1;

    @Override
    public String name() {
        return "redir";
    }

    @Override
    public void writeData(NetlinkWriter writer) {
        port.ifPresent(register -> writer.be32(REG_PROTO_MIN, register));
    }

    static Redir decode(Attributes data) {
        return new Redir(data.has(REG_PROTO_MIN) ? OptionalInt.of(data.be32(REG_PROTO_MIN)) : OptionalInt.empty());
    }
}
