package dev.fairway.netlink.conntrack;

import dev.fairway.netlink.nfnetlink.Nfnetlink;
import dev.fairway.netlink.wire.NetlinkMessage;

/**
 * An entry of the connection tracking table. A flow through a Service has the Service's address as
 * {@code original().destination()} and the endpoint's as {@code reply().source()}.
 *
 * @param family {@code NFPROTO_IPV4} or {@code NFPROTO_IPV6}
 * @param original the direction of the first packet, before address translation
 * @param reply the direction of the answers
 * @param status {@code IPS_*} bits
 * @param timeoutSeconds until the entry is dropped, unless packets come
 * @param mark {@code CTA_MARK}
 * @param zone {@code CTA_ZONE}
 * @param id {@code CTA_ID}, tells an entry from a later one with the same addresses
 */
public record Flow(int family, FlowTuple original, FlowTuple reply, int status, long timeoutSeconds, int mark, int zone,
        int id) {
    /** {@code IPS_SEEN_REPLY}. */
    public static final int SEEN_REPLY = 1 << 1;
    /** {@code IPS_ASSURED}. */
    public static final int ASSURED = 1 << 2;
    /** {@code IPS_SRC_NAT}. */
    public static final int SRC_NAT = 1 << 4;
    /** {@code IPS_DST_NAT}: the destination was translated, as for a Service. */
    public static final int DST_NAT = 1 << 5;

    static final int CTA_TUPLE_ORIG = 1;
    static final int CTA_TUPLE_REPLY = 2;
    static final int CTA_STATUS = 3;
    static final int CTA_TIMEOUT = 7;
    static final int CTA_MARK = 8;
    static final int CTA_ID = 12;
    static final int CTA_ZONE = 18;
    static final int CTA_MARK_MASK = 21;
    static final int CTA_FILTER = 25;
    static final int CTA_STATUS_MASK = 26;

    /** Whether all the given {@code IPS_*} bits are set. */
    public boolean has(int bits) {
        return (status & bits) == bits;
    }

    static Flow decode(NetlinkMessage message) {
        var attributes = message.attributes(Nfnetlink.HEADER);
        return new Flow(Byte.toUnsignedInt(message.payload().get(0)),
                FlowTuple.decode(attributes.nested(CTA_TUPLE_ORIG)), FlowTuple.decode(attributes.nested(CTA_TUPLE_REPLY)),
                attributes.be32(CTA_STATUS, 0), Integer.toUnsignedLong(attributes.be32(CTA_TIMEOUT, 0)),
                attributes.be32(CTA_MARK, 0), attributes.has(CTA_ZONE) ? attributes.be16(CTA_ZONE) : 0,
                attributes.be32(CTA_ID, 0));
    }
}
