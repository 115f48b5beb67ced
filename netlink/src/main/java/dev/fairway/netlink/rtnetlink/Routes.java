package dev.fairway.netlink.rtnetlink;

import static dev.fairway.netlink.rtnetlink.Route.*;

import dev.fairway.netlink.socket.NetlinkSocket;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.wire.NetlinkHeader;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/** {@code RTM_*ROUTE} requests. */
final class Routes {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_DELROUTE = 25;
    private static final int RTM_GETROUTE = 26;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RT_TABLE_LOCAL = 255;
    private static final int RTPROT_STATIC = 4;
    private static final int RT_SCOPE_UNIVERSE = 0;
    private static final int RT_SCOPE_LINK = 253;
    private static final int RT_SCOPE_HOST = 254;
    private static final int RT_SCOPE_NOWHERE = 255;

    private final NetlinkSocket socket;
    private final Links links;

    Routes(NetlinkSocket socket, Links links) {
        this.socket = socket;
        this.links = links;
    }

    void add(Route route) throws ErrnoException {
        put("add", route, NetlinkHeader.CREATE | NetlinkHeader.EXCL);
    }

    void replace(Route route) throws ErrnoException {
        put("replace", route, NetlinkHeader.CREATE | NetlinkHeader.REPLACE);
    }

    private void put(String verb, Route route, int flags) throws ErrnoException {
        int device = device(route);
        socket.execute(verb + " route " + route.destination(), RTM_NEWROUTE, flags,
                request -> write(request, route, device, scope(route), RTPROT_STATIC));
    }

    void delete(Route route) throws ErrnoException {
        int device = device(route);
        socket.execute("delete route " + route.destination(), RTM_DELROUTE, 0,
                request -> write(request, route, device, RT_SCOPE_NOWHERE, 0));
    }

    List<Route> list(int table) throws ErrnoException {
        var names = new HashMap<Integer, String>();
        links.list().forEach(link -> names.put(link.index(), link.name()));
        return socket.dump("list routes", RTM_GETROUTE, request -> request.raw(new byte[HEADER]), Listed::decode).stream()
                .flatMap(Optional::stream)
                .filter(listed -> listed.table() == table)
                .map(listed -> listed.named(names.get(listed.device())))
                .toList();
    }

    List<Route> main() throws ErrnoException {
        return list(RT_TABLE_MAIN);
    }

    private int device(Route route) throws ErrnoException {
        return route.device().isPresent() ? links.index(route.device().get()) : 0;
    }

    private static int scope(Route route) {
        if (!route.destination().isIpv4()) {
            return RT_SCOPE_UNIVERSE;
        }
        return switch (route.type()) {
            case LOCAL -> RT_SCOPE_HOST;
            case UNICAST -> route.gateway().isPresent() ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
            case BLACKHOLE, UNREACHABLE -> RT_SCOPE_UNIVERSE;
        };
    }

    private static void write(NetlinkWriter request, Route route, int device, int scope, int protocol) {
        int table = route.type() == Type.LOCAL ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
        request.raw((byte) (route.destination().isIpv4() ? AF_INET : AF_INET6), (byte) route.destination().length(),
                (byte) 0, (byte) 0, (byte) table, (byte) protocol, (byte) scope, (byte) route.type().number);
        request.rawInt(route.onLink() ? RTNH_F_ONLINK : 0);
        if (route.destination().length() > 0) {
            request.bytes(RTA_DST, route.destination().address().getAddress());
        }
        route.gateway().ifPresent(gateway -> request.bytes(RTA_GATEWAY, gateway.getAddress()));
        route.source().ifPresent(source -> request.bytes(RTA_PREFSRC, source.getAddress()));
        if (device != 0) {
            request.u32(RTA_OIF, device);
        }
        if (route.metric() != 0) {
            request.u32(RTA_PRIORITY, route.metric());
        }
    }
}
