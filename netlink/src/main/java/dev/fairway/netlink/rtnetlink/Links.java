package dev.fairway.netlink.rtnetlink;

import static dev.fairway.netlink.rtnetlink.Link.*;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.socket.NetlinkSocket;
import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.sys.Libc;
import dev.fairway.netlink.wire.NetlinkHeader;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** {@code RTM_*LINK} requests. */
final class Links {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_SETLINK = 19;
    /** {@code RTEXT_FILTER_SKIP_STATS}: counters make a reply several times as long. */
    private static final int RTEXT_FILTER_SKIP_STATS = 1 << 3;
    private static final Pattern NAME = Pattern.compile("[^/:\\s\\p{Cntrl}]{1,15}");

    private final NetlinkSocket socket;

    Links(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** @throws IllegalArgumentException where the kernel's {@code dev_valid_name} would refuse */
    static void checkName(String name) {
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("interface name: '" + name + "'");
        }
    }

    List<Link> list() throws ErrnoException {
        return socket.dump("list links", RTM_GETLINK,
                request -> header(request, 0, 0, 0).u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS), Link::decode);
    }

    Optional<Link> find(String name) throws ErrnoException {
        checkName(name);
        try {
            var replies = socket.query("get link " + name, RTM_GETLINK, 0, request -> header(request, 0, 0, 0)
                    .string(IFLA_IFNAME, name).u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS));
            return replies.stream().findFirst().map(Link::decode);
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ENODEV)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    int index(String name) throws ErrnoException {
        return find(name).orElseThrow(() -> new ErrnoException("get link " + name, Errno.ENODEV)).index();
    }

    void createVeth(Veth veth) throws IOException {
        int fd = veth.peerNamespace().isPresent() ? open(veth.peerNamespace().get()) : -1;
        try {
            create("create veth " + veth.name(), request -> {
                end(request, veth.name(), veth.mtu(), veth.address());
                request.nested(IFLA_LINKINFO, info -> info.string(IFLA_INFO_KIND, "veth")
                        .nested(IFLA_INFO_DATA, data -> data.nested(VETH_INFO_PEER, peer -> {
                            header(peer, 0, 0, 0);
                            end(peer, veth.peer(), veth.mtu(), veth.peerAddress());
                            if (fd >= 0) {
                                peer.u32(IFLA_NET_NS_FD, fd);
                            }
                        })));
            });
        } finally {
            if (fd >= 0) {
                Libc.close(fd);
            }
        }
    }

    private static void end(NetlinkWriter request, String name, Optional<Integer> mtu, Optional<String> address) {
        request.string(IFLA_IFNAME, name);
        mtu.ifPresent(bytes -> request.u32(IFLA_MTU, bytes));
        address.ifPresent(mac -> request.bytes(IFLA_ADDRESS, Veth.bytes(mac)));
    }

    void createKind(String name, String kind) throws ErrnoException {
        checkName(name);
        create("create " + kind + " " + name, request -> request.string(IFLA_IFNAME, name)
                .nested(IFLA_LINKINFO, info -> info.string(IFLA_INFO_KIND, kind)));
    }

    private void create(String operation, Consumer<NetlinkWriter> body) throws ErrnoException {
        socket.execute(operation, RTM_NEWLINK, NetlinkHeader.CREATE | NetlinkHeader.EXCL, request -> {
            header(request, 0, 0, 0);
            body.accept(request);
        });
    }

    void delete(String name) throws ErrnoException {
        checkName(name);
        socket.execute("delete link " + name, RTM_DELLINK, 0,
                request -> header(request, 0, 0, 0).string(IFLA_IFNAME, name));
    }

    void setFlags(String name, int flags, int mask) throws ErrnoException {
        int index = index(name);
        socket.execute("set link " + name + (flags != 0 ? " up" : " down"), RTM_SETLINK, 0,
                request -> header(request, index, flags, mask));
    }

    void set(String operation, String name, Consumer<NetlinkWriter> attributes) throws ErrnoException {
        int index = index(name);
        socket.execute(operation, RTM_SETLINK, 0, request -> {
            header(request, index, 0, 0);
            attributes.accept(request);
        });
    }

    /** Port attributes go through RTM_NEWLINK, as iproute2's {@code type bridge_slave} does. */
    void setHairpin(String name, boolean on) throws ErrnoException {
        int index = index(name);
        socket.execute("set hairpin of " + name, RTM_NEWLINK, 0, request -> header(request, index, 0, 0)
                .nested(IFLA_LINKINFO, info -> info.string(IFLA_INFO_SLAVE_KIND, "bridge")
                        .nested(IFLA_INFO_SLAVE_DATA, port -> port.u8(IFLA_BRPORT_MODE, on ? 1 : 0))));
    }

    void move(String name, NetworkNamespace target) throws IOException {
        int fd = open(target);
        try {
            set("move " + name + " to " + target.path(), name, request -> request.u32(IFLA_NET_NS_FD, fd));
        } finally {
            Libc.close(fd);
        }
    }

    private static int open(NetworkNamespace namespace) throws ErrnoException {
        return Libc.open(namespace.path().toString(), Libc.O_RDONLY | Libc.O_CLOEXEC);
    }

    /** {@code struct ifinfomsg}. */
    private static NetlinkWriter header(NetlinkWriter request, int index, int flags, int change) {
        return request.rawInt(0).rawInt(index).rawInt(flags).rawInt(change);
    }
}
