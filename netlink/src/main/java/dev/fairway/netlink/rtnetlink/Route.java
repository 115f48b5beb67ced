package dev.fairway.netlink.rtnetlink;

import dev.fairway.netlink.wire.NetlinkMessage;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * A route of the main table, or of the local table for {@link Type#LOCAL}.
 *
 * <pre>{@code
 * Route.to("10.44.1.0/24").via("172.21.0.3")
 * Route.to("0.0.0.0/0").via("10.44.0.1").dev("eth0")
 * Route.to("10.96.0.0/12").dev("cbr0")
 * }</pre>
 *
 * @param destination its network; {@code 0.0.0.0/0} or {@code ::/0} is the default route
 * @param gateway next hop
 * @param device interface name
 * @param source preferred source address
 * @param metric {@code RTA_PRIORITY}, 0 to leave it to the kernel
 * @param onLink whether the gateway is taken to be on the link though no prefix says so ({@code RTNH_F_ONLINK})
 * @param type what happens to packets
 */
public record Route(IpPrefix destination, Optional<InetAddress> gateway, Optional<String> device,
        Optional<InetAddress> source, int metric, boolean onLink, Type type) {

    /** {@code rtm_type}. */
    public enum Type {
        /** {@code RTN_UNICAST}. */
        UNICAST(1),
        /** {@code RTN_LOCAL}: accepted as the machine's own. */
        LOCAL(2),
        /** {@code RTN_BLACKHOLE}: dropped silently. */
        BLACKHOLE(6),
        /** {@code RTN_UNREACHABLE}: refused with ICMP. */
        UNREACHABLE(7);

        final int number;

        Type(int number) {
            this.number = number;
        }
    }

    /** {@code sizeof(struct rtmsg)}. */
    static final int HEADER = 12;
    static final int RTA_DST = 1;
    static final int RTA_OIF = 4;
    static final int RTA_GATEWAY = 5;
    static final int RTA_PRIORITY = 6;
    static final int RTA_PREFSRC = 7;
    static final int RTA_TABLE = 15;
    static final int RTNH_F_ONLINK = 4;

    public Route {
        destination = destination.network();
        Objects.requireNonNull(type);
    }

    /** A route to a network in CIDR notation. */
    public static Route to(String destination) {
        return to(IpPrefix.parse(destination));
    }

    public static Route to(IpPrefix destination) {
        return new Route(destination, Optional.empty(), Optional.empty(), Optional.empty(), 0, false, Type.UNICAST);
    }

    /** @param address an IP literal */
    public Route via(String address) {
        return via(InetAddress.ofLiteral(address));
    }

    public Route via(InetAddress address) {
        return new Route(destination, Optional.of(address), device, source, metric, onLink, type);
    }

    public Route dev(String name) {
        Links.checkName(name);
        return new Route(destination, gateway, Optional.of(name), source, metric, onLink, type);
    }

    public Route src(String address) {
        return new Route(destination, gateway, device, Optional.of(InetAddress.ofLiteral(address)), metric, onLink, type);
    }

    public Route metric(int metric) {
        return new Route(destination, gateway, device, source, metric, onLink, type);
    }

    public Route onlink() {
        return new Route(destination, gateway, device, source, metric, true, type);
    }

    public Route type(Type type) {
        return new Route(destination, gateway, device, source, metric, onLink, type);
    }

    /** A route as the kernel lists it, its device still a number. */
    record Listed(Route route, int device, int table) {
        static Optional<Listed> decode(NetlinkMessage message) {
            var payload = message.payload();
            var attributes = message.attributes(HEADER);
            int kind = Byte.toUnsignedInt(payload.get(7));
            for (var type : Type.values()) {
                if (type.number == kind) {
                    boolean ipv4 = payload.get(0) == Routes.AF_INET;
                    byte[] address = attributes.has(RTA_DST) ? attributes.array(RTA_DST) : new byte[ipv4 ? 4 : 16];
                    var destination = new IpPrefix(InetAddresses.of(address), Byte.toUnsignedInt(payload.get(1)));
                    var gateway = attributes.has(RTA_GATEWAY)
                            ? Optional.of(InetAddresses.of(attributes.array(RTA_GATEWAY))) : Optional.<InetAddress>empty();
                    var source = attributes.has(RTA_PREFSRC)
                            ? Optional.of(InetAddresses.of(attributes.array(RTA_PREFSRC))) : Optional.<InetAddress>empty();
                    boolean onLink = (payload.getInt(8) & RTNH_F_ONLINK) != 0;
                    var route = new Route(destination, gateway, Optional.empty(), source,
                            attributes.u32(RTA_PRIORITY, 0), onLink, type);
                    int table = attributes.u32(RTA_TABLE, Byte.toUnsignedInt(payload.get(4)));
                    return Optional.of(new Listed(route, attributes.u32(RTA_OIF, 0), table));
                }
            }
            return Optional.empty();
        }

        Route named(String name) {
            return new Route(route.destination, route.gateway, Optional.ofNullable(name), route.source, route.metric,
                    route.onLink, route.type);
        }
    }
}
