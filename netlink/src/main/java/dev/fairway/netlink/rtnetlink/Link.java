package dev.fairway.netlink.rtnetlink;

import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkMessage;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A network interface ({@code RTM_NEWLINK}).
 *
 * @param index {@code ifi_index}, unique in its namespace
 * @param name {@code IFLA_IFNAME}
 * @param flags {@code ifi_flags}, {@code IFF_*}
 * @param mtu bytes
 * @param address {@code IFLA_ADDRESS} such as {@code 02:00:00:00:00:01}, empty where the link has none
 * @param kind {@code IFLA_INFO_KIND} such as {@code veth}, empty for hardware and {@code lo}
 * @param master index of the bridge that it belongs to, 0 for none
 * @param parent {@code IFLA_LINK}: for veth the peer's index in the peer's namespace, 0 for none
 * @param hairpin whether a bridge port sends frames back through the port they came from
 */
public record Link(int index, String name, int flags, int mtu, String address, Optional<String> kind, int master,
        int parent, boolean hairpin) {
    /** {@code sizeof(struct ifinfomsg)}. */
    static final int HEADER = 16;
    /** {@code IFF_UP}. */
    static final int UP = 1;
    /** {@code IFF_RUNNING}. */
    static final int RUNNING = 0x40;

    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_LINK = 5;
    static final int IFLA_MASTER = 10;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_NET_NS_FD = 28;
    static final int IFLA_EXT_MASK = 29;
    static final int IFLA_INFO_KIND = 1;
    static final int IFLA_INFO_DATA = 2;
    static final int IFLA_INFO_SLAVE_KIND = 4;
    static final int IFLA_INFO_SLAVE_DATA = 5;
    static final int IFLA_BRPORT_MODE = 4;
    static final int VETH_INFO_PEER = 1;

    /** Whether the interface is set up (administratively). */
    public boolean isUp() {
        return (flags & UP) != 0;
    }

    /** Whether it is up, has a carrier and was taken into service ({@code IFF_RUNNING}); what is sent earlier is lost. */
    public boolean isRunning() {
        return (flags & RUNNING) != 0;
    }

    static Link decode(NetlinkMessage message) {
        var payload = message.payload();
        var attributes = message.attributes(HEADER);
        var info = attributes.nestedOrEmpty(IFLA_LINKINFO);
        return new Link(payload.getInt(4), attributes.string(IFLA_IFNAME), payload.getInt(8),
                attributes.u32(IFLA_MTU, 0), hardwareAddress(attributes),
                info.has(IFLA_INFO_KIND) ? Optional.of(info.string(IFLA_INFO_KIND)) : Optional.empty(),
                attributes.u32(IFLA_MASTER, 0), attributes.u32(IFLA_LINK, 0), hairpin(info));
    }

    private static boolean hairpin(Attributes info) {
        if (!"bridge".equals(info.string(IFLA_INFO_SLAVE_KIND, ""))) {
            return false;
        }
        var port = info.nestedOrEmpty(IFLA_INFO_SLAVE_DATA);
        return port.has(IFLA_BRPORT_MODE) && port.u8(IFLA_BRPORT_MODE) == 1;
    }

    private static String hardwareAddress(Attributes attributes) {
        return attributes.has(IFLA_ADDRESS)
                ? HexFormat.ofDelimiter(":").formatHex(attributes.array(IFLA_ADDRESS))
                : "";
    }
}
