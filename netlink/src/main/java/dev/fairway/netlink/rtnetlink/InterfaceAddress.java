package dev.fairway.netlink.rtnetlink;

import dev.fairway.netlink.wire.NetlinkMessage;

/**
 * An address of an interface ({@code RTM_NEWADDR}).
 *
 * @param index the interface's index
 * @param prefix the address with the length of its on-link prefix
 * @param scope {@code ifa_scope}, 0 for {@code RT_SCOPE_UNIVERSE}, 253 for {@code RT_SCOPE_LINK}
 */
public record InterfaceAddress(int index, IpPrefix prefix, int scope) {
    /** {@code sizeof(struct ifaddrmsg)}. */
    static final int HEADER = 8;
    static final int IFA_ADDRESS = 1;
    static final int IFA_LOCAL = 2;
    static final int IFA_BROADCAST = 4;
    static final int IFA_FLAGS = 8;
    /** {@code IFA_F_NODAD}: usable at once, without duplicate address detection. */
    static final int IFA_F_NODAD = 0x02;

    static InterfaceAddress decode(NetlinkMessage message) {
        var payload = message.payload();
        var attributes = message.attributes(HEADER);
        // IFA_LOCAL is the own address; IFA_ADDRESS differs from it only on point-to-point links.
        byte[] address = attributes.array(attributes.has(IFA_LOCAL) ? IFA_LOCAL : IFA_ADDRESS);
        return new InterfaceAddress(payload.getInt(4),
                new IpPrefix(InetAddresses.of(address), Byte.toUnsignedInt(payload.get(1))),
                Byte.toUnsignedInt(payload.get(3)));
    }
}
