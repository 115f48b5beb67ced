package dev.fairway.netlink.rtnetlink;

import dev.fairway.netlink.socket.NetlinkSocket;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.wire.NetlinkHeader;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.net.Inet4Address;
import java.net.InetAddress;

/** {@code RTM_*NEIGH} requests. */
final class Neighbors {
    private static final int RTM_NEWNEIGH = 28;
    private static final int RTM_DELNEIGH = 29;
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int NUD_PERMANENT = 0x80;

    private final NetlinkSocket socket;
    private final Links links;

    Neighbors(NetlinkSocket socket, Links links) {
        this.socket = socket;
        this.links = links;
    }

    void replacePermanent(String device, InetAddress address, String linkAddress) throws ErrnoException {
        int index = links.index(device);
        byte[] mac = Veth.bytes(linkAddress);
        socket.execute("set neighbor " + address.getHostAddress() + " of " + device, RTM_NEWNEIGH,
                NetlinkHeader.CREATE | NetlinkHeader.REPLACE,
                request -> header(request, index, NUD_PERMANENT, address).bytes(NDA_LLADDR, mac));
    }

    void delete(String device, InetAddress address) throws ErrnoException {
        int index = links.index(device);
        socket.execute("delete neighbor " + address.getHostAddress() + " of " + device, RTM_DELNEIGH, 0,
                request -> header(request, index, 0, address));
    }

    /** {@code struct ndmsg} and the address. */
    private static NetlinkWriter header(NetlinkWriter request, int index, int state, InetAddress address) {
        int family = address instanceof Inet4Address ? Routes.AF_INET : Routes.AF_INET6;
        return request.raw((byte) family, (byte) 0, (byte) 0, (byte) 0)
                .rawInt(index)
                .raw((byte) state, (byte) (state >> 8), (byte) 0, (byte) 0)
                .bytes(NDA_DST, address.getAddress());
    }
}
