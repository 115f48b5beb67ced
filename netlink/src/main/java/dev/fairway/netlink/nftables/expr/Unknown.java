package dev.fairway.netlink.nftables.expr;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;

/**
 * An expression that has no record here, such as those of iptables-nft.
 *
 * @param data the content of {@code NFTA_EXPR_DATA}
 */
public record Unknown(String name, Bytes data) implements Expression {
    @Override
    public void writeData(NetlinkWriter writer) {
        writer.raw(data.toByteArray());
    }

    static Unknown decode(String name, Attributes attributes) {
        return new Unknown(name, attributes.has(DATA) ? Bytes.of(attributes.bytes(DATA)) : Bytes.of());
    }
}
