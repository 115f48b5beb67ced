package dev.fairway.netlink.conntrack;

import dev.fairway.netlink.nfnetlink.Nfnetlink;
import java.util.OptionalInt;

/**
 * Which flows to list; every part that is given must hold. The kernel applies what its version knows, the rest is applied
 * to its answer, so the result is the same on all.
 *
 * <pre>{@code FlowFilter.ipv4().protocol(FlowTuple.UDP).status(Flow.DST_NAT)}</pre>
 *
 * @param family {@code NFPROTO_IPV4}, {@code NFPROTO_IPV6}, or {@code NFPROTO_UNSPEC} for both
 * @param protocol {@code IPPROTO_*}
 * @param status {@code IPS_*} bits that must all be set
 * @param mark value of {@code CTA_MARK}
 * @param markMask bits of the mark that are compared
 * @param zone {@code CTA_ZONE}
 */
public record FlowFilter(int family, OptionalInt protocol, int status, int mark, int markMask, OptionalInt zone) {

    public static FlowFilter all() {
        return ofFamily(Nfnetlink.NFPROTO_UNSPEC);
    }

    public static FlowFilter ipv4() {
        return ofFamily(Nfnetlink.NFPROTO_IPV4);
    }

    public static FlowFilter ipv6() {
        return ofFamily(Nfnetlink.NFPROTO_IPV6);
    }

    private static FlowFilter ofFamily(int family) {
        return new FlowFilter(family, OptionalInt.empty(), 0, 0, 0, OptionalInt.empty());
    }

    /** @param protocol {@code IPPROTO_*}, such as {@link FlowTuple#UDP} */
    public FlowFilter protocol(int protocol) {
        return new FlowFilter(family, OptionalInt.of(protocol), status, mark, markMask, zone);
    }

    /** @param bits {@code IPS_*} that must all be set, such as {@link Flow#DST_NAT} */
    public FlowFilter status(int bits) {
        return new FlowFilter(family, protocol, bits, mark, markMask, zone);
    }

    public FlowFilter mark(int mark, int mask) {
        return new FlowFilter(family, protocol, status, mark, mask, zone);
    }

    public FlowFilter zone(int zone) {
        return new FlowFilter(family, protocol, status, mark, markMask, OptionalInt.of(zone));
    }

    boolean matches(Flow flow) {
        return (family == Nfnetlink.NFPROTO_UNSPEC || family == flow.family())
                && (protocol.isEmpty() || protocol.getAsInt() == flow.original().protocol())
                && flow.has(status)
                && (flow.mark() & markMask) == (mark & markMask)
                && (zone.isEmpty() || zone.getAsInt() == flow.zone());
    }
}
