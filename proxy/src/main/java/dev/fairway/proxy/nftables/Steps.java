package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.Register;
import dev.fairway.netlink.nftables.Rule;
import dev.fairway.netlink.nftables.Verdict;
import dev.fairway.netlink.nftables.expr.Bitwise;
import dev.fairway.netlink.nftables.expr.Byteorder;
import dev.fairway.netlink.nftables.expr.Cmp;
import dev.fairway.netlink.nftables.expr.Ct;
import dev.fairway.netlink.nftables.expr.Dynset;
import dev.fairway.netlink.nftables.expr.Expression;
import dev.fairway.netlink.nftables.expr.Fib;
import dev.fairway.netlink.nftables.expr.Immediate;
import dev.fairway.netlink.nftables.expr.Lookup;
import dev.fairway.netlink.nftables.expr.Masq;
import dev.fairway.netlink.nftables.expr.Meta;
import dev.fairway.netlink.nftables.expr.Nat;
import dev.fairway.netlink.nftables.expr.Numgen;
import dev.fairway.netlink.nftables.expr.Payload;
import dev.fairway.netlink.nftables.expr.Reject;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.LocalTraffic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts a rule together from what packets are asked and what happens to them, in the very expressions that nft would use. */
final class Steps {
    private static final int IPV4_SADDR = 12;
    private static final int IPV4_DADDR = 16;
    private static final int IPV6_SADDR = 8;
    private static final int IPV6_DADDR = 24;

    private final IpFamily family;
    private final List<Expression> steps = new ArrayList<>();

    Steps(IpFamily family) {
        this.family = family;
    }

    Rule in(Chain chain) {
        return Rule.of(chain, steps);
    }

    private int addressBytes() {
        return family.bits() / 8;
    }

    private Steps add(Expression... more) {
        steps.addAll(Arrays.asList(more));
        return this;
    }

    private Payload source(int offset) {
        return switch (family) {
            case IPV4 -> Payload.ipSaddr(Register.at(offset));
            case IPV6 -> Payload.ip6Saddr(Register.at(offset));
        };
    }

    private Payload destination(int offset) {
        return switch (family) {
            case IPV4 -> Payload.ipDaddr(Register.at(offset));
            case IPV6 -> Payload.ip6Daddr(Register.at(offset));
        };
    }

    /** {@code ct state new}. */
    Steps isNew() {
        return add(Ct.load(Ct.STATE, Register.R1), Bitwise.and(Register.R1, Bytes.u32(Ct.STATE_NEW)),
                Cmp.notEqual(Register.R1, Bytes.u32(0)));
    }

    /** {@code ct status dnat}: it came by way of a Service, or of somebody else's translation. */
    Steps isTranslated() {
        return add(Ct.load(Ct.STATUS, Register.R1), Bitwise.and(Register.R1, Bytes.u32(Ct.STATUS_DNAT)),
                Cmp.notEqual(Register.R1, Bytes.u32(0)));
    }

    /** {@code ip daddr . meta l4proto . th dport}, for a lookup of {@link SetId.Shape#ADDRESS_PORT}. */
    private Steps loadAddressAndPort() {
        int after = addressBytes();
        return add(destination(0), Meta.load(Meta.L4PROTO, Register.at(after)), Payload.thDport(Register.at(after + 4)));
    }

    /** With a turning of bytes that does nothing to a single one, but that nft puts into lookups of ranges. */
    private Steps loadForRange() {
        int protocol = Register.at(addressBytes());
        return add(destination(0), Meta.load(Meta.L4PROTO, protocol), new Byteorder(protocol, protocol, Byteorder.HTON, 1, 2),
                Payload.thDport(Register.at(addressBytes() + 4)), source(addressBytes() + 8));
    }

    /** {@code meta l4proto . th dport}. */
    private Steps loadPort() {
        return add(Meta.load(Meta.L4PROTO, Register.at(0)), Payload.thDport(Register.at(4)));
    }

    private Steps load(SetId set) {
        return switch (set.shape()) {
            case ADDRESS -> add(destination(0));
            case ADDRESS_PAIR -> add(source(0), destination(addressBytes()));
            case ADDRESS_PORT, ADDRESS_PORT_SLOT -> loadAddressAndPort();
            case ADDRESS_PORT_SOURCES -> loadForRange();
            case PORT, PORT_SLOT -> loadPort();
        };
    }

    /** Goes on if the packet is in the set. */
    Steps in(SetId set) {
        return load(set).add(Lookup.in(set.setName(), Register.R1));
    }

    /** Goes on if the packet is not in the set. */
    Steps notIn(SetId set) {
        return load(set).add(Lookup.notIn(set.setName(), Register.R1));
    }

    /** Does what a verdict map says. */
    Steps vmap(SetId set) {
        return load(set).add(Lookup.map(set.setName(), Register.R1, Register.VERDICT));
    }

    /** Draws a numbered endpoint below {@code modulus}, and translates to it if there is one. */
    Steps draw(ListKind list, int modulus) {
        load(list.endpoints());
        int after = list.isAddressed() ? addressBytes() + 8 : 8;
        return add(Numgen.random(modulus, Register.at(after)),
                Lookup.map(list.endpoints().setName(), Register.R1, Register.R1),
                Nat.dnat(Layout.nft(family), Register.at(0), Register.at(addressBytes())));
    }

    /** {@code numgen random mod N 0}: once in N. */
    Steps oneIn(int n) {
        return add(Numgen.random(n, Register.R1), Cmp.equal(Register.R1, Bytes.u32(0)));
    }

    /** {@code ip saddr CIDR} or {@code ip saddr != CIDR}. */
    Steps source(IpCidr cidr, boolean equal) {
        return address(family == IpFamily.IPV4 ? IPV4_SADDR : IPV6_SADDR, cidr, equal);
    }

    /** {@code ip daddr CIDR} or {@code ip daddr != CIDR}. */
    Steps destination(IpCidr cidr, boolean equal) {
        return address(family == IpFamily.IPV4 ? IPV4_DADDR : IPV6_DADDR, cidr, equal);
    }

    /** Whole bytes of a prefix are loaded alone, others are masked, as nft does. */
    private Steps address(int offset, IpCidr cidr, boolean equal) {
        byte[] address = cidr.address().bytes();
        int whole = cidr.length() / 8;
        if (cidr.length() % 8 == 0 && whole > 0) {
            add(new Payload(Register.R1, Payload.NETWORK_HEADER, offset, whole));
            return compare(Bytes.of(Arrays.copyOf(address, whole)), equal);
        }
        var mask = new byte[address.length];
        for (int bit = 0; bit < cidr.length(); bit++) {
            mask[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        add(new Payload(Register.R1, Payload.NETWORK_HEADER, offset, address.length),
                Bitwise.and(Register.R1, Bytes.of(mask)));
        return compare(Bytes.of(address), equal);
    }

    private Steps compare(Bytes value, boolean equal) {
        return add(equal ? Cmp.equal(Register.R1, value) : Cmp.notEqual(Register.R1, value));
    }

    /** Goes on for traffic of this node's Pods, or for other traffic. Not for {@link LocalTraffic.Unknown}. */
    Steps fromPods(LocalTraffic local, boolean equal) {
        return switch (local) {
            case LocalTraffic.FromCidr(var cidr) -> source(cidr, equal);
            case LocalTraffic.FromInterface(var name) ->
                    add(Meta.load(Meta.IIFNAME, Register.R1)).compare(Bytes.interfaceName(name), equal);
            case LocalTraffic.FromInterfacePrefix(var prefix) -> add(Meta.load(Meta.IIFNAME, Register.R1))
                    .compare(Bytes.of(prefix.getBytes(StandardCharsets.UTF_8)), equal);
            case LocalTraffic.Unknown() -> throw new IllegalArgumentException("traffic of Pods cannot be told");
        };
    }

    /** {@code fib saddr type local}: sent by this node itself. */
    Steps fromNode() {
        return addressType(Fib.SADDR);
    }

    /** {@code fib daddr type local}. */
    Steps toNode() {
        return addressType(Fib.DADDR);
    }

    private Steps addressType(int which) {
        return add(new Fib(Register.R1, Fib.ADDRTYPE, which), Cmp.equal(Register.R1, Bytes.u32(Fib.RTN_LOCAL)));
    }

    /** {@code iifname != "lo"}. */
    Steps notFromLoopback() {
        return add(Meta.load(Meta.IIFNAME, Register.R1), Cmp.notEqual(Register.R1, Bytes.interfaceName("lo")));
    }

    /** {@code meta l4proto PROTO}. */
    Steps protocol(int number) {
        return add(Meta.load(Meta.L4PROTO, Register.R1), Cmp.equal(Register.R1, Bytes.u8(number)));
    }

    /** {@code meta mark & BIT != 0}. */
    Steps marked(int bit) {
        return add(Meta.load(Meta.MARK, Register.R1), Bitwise.and(Register.R1, Bytes.u32(bit)),
                Cmp.notEqual(Register.R1, Bytes.u32(0)));
    }

    /** {@code meta mark set meta mark | BIT}. */
    Steps mark(int bit) {
        return add(Meta.load(Meta.MARK, Register.R1),
                new Bitwise(Register.R1, Register.R1, Bytes.u32(~bit), Bytes.u32(bit)), Meta.set(Meta.MARK, Register.R1));
    }

    /** {@code meta mark set meta mark ^ BIT}. */
    Steps unmark(int bit) {
        return add(Meta.load(Meta.MARK, Register.R1), new Bitwise(Register.R1, Register.R1, Bytes.u32(-1), Bytes.u32(bit)),
                Meta.set(Meta.MARK, Register.R1));
    }

    /** {@code ip saddr @SET}. */
    Steps sourceIn(String set) {
        return add(source(0), Lookup.in(set, Register.R1));
    }

    /** {@code update @SET { ip saddr }}. */
    Steps remember(String set) {
        return add(source(0), Dynset.update(set, Register.R1, 0));
    }

    /** {@code dnat to ADDRESS:PORT}. */
    Steps dnat(IpAddress address, int port) {
        return add(Immediate.of(Register.R1, Bytes.of(address.bytes())), Immediate.of(Register.R2, Bytes.be16(port)),
                Nat.dnat(Layout.nft(family), Register.R1, Register.R2));
    }

    Steps masquerade() {
        return add(new Masq(Nat.FULLY_RANDOM));
    }

    Steps reject() {
        return add(family == IpFamily.IPV4 ? Reject.ipPortUnreachable() : Reject.ip6PortUnreachable());
    }

    Steps verdict(Verdict verdict) {
        return add(Immediate.of(verdict));
    }

    Steps jump(String chain) {
        return verdict(Verdict.jump(chain));
    }

    Steps goTo(String chain) {
        return verdict(Verdict.goTo(chain));
    }
}
