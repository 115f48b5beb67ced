package dev.fairway.netlink.conntrack;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * One direction of a flow ({@code CTA_TUPLE_ORIG}, {@code CTA_TUPLE_REPLY}).
 *
 * @param protocol {@code IPPROTO_*}: 6 TCP, 17 UDP, 132 SCTP
 * @param source sender's address
 * @param destination receiver's address
 * @param sourcePort 0 for protocols without ports
 * @param destinationPort 0 for protocols without ports
 */
public record FlowTuple(int protocol, InetAddress source, InetAddress destination, int sourcePort, int destinationPort) {
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int SCTP = 132;

    static final int CTA_TUPLE_IP = 1;
    static final int CTA_TUPLE_PROTO = 2;
    static final int CTA_PROTO_NUM = 1;
    private static final int CTA_IP_V4_SRC = 1;
    private static final int CTA_IP_V4_DST = 2;
    private static final int CTA_IP_V6_SRC = 3;
    private static final int CTA_IP_V6_DST = 4;
    private static final int CTA_PROTO_SRC_PORT = 2;
    private static final int CTA_PROTO_DST_PORT = 3;

    static FlowTuple decode(Attributes tuple) {
        var ip = tuple.nested(CTA_TUPLE_IP);
        var proto = tuple.nested(CTA_TUPLE_PROTO);
        boolean ipv4 = ip.has(CTA_IP_V4_SRC);
        return new FlowTuple(proto.u8(CTA_PROTO_NUM), address(ip.array(ipv4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC)),
                address(ip.array(ipv4 ? CTA_IP_V4_DST : CTA_IP_V6_DST)), port(proto, CTA_PROTO_SRC_PORT),
                port(proto, CTA_PROTO_DST_PORT));
    }

    void write(NetlinkWriter request, int attribute) {
        boolean ipv4 = source instanceof Inet4Address;
        request.nested(attribute, tuple -> tuple
                .nested(CTA_TUPLE_IP, ip -> ip.bytes(ipv4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, source.getAddress())
                        .bytes(ipv4 ? CTA_IP_V4_DST : CTA_IP_V6_DST, destination.getAddress()))
                .nested(CTA_TUPLE_PROTO, proto -> proto.u8(CTA_PROTO_NUM, protocol)
                        .be16(CTA_PROTO_SRC_PORT, sourcePort).be16(CTA_PROTO_DST_PORT, destinationPort)));
    }

    private static int port(Attributes proto, int type) {
        return proto.has(type) ? proto.be16(type) : 0;
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return bytes.length == 16 ? Inet6Address.getByAddress(null, bytes, -1) : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException badLength) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes", badLength);
        }
    }
}
