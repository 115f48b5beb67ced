package dev.fairway.proxy.server;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.Dataplane;
import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.proxy.iptables.IptablesDataplane;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.nftables.NftablesDataplane;
import dev.fairway.proxy.state.ProxyOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The dataplanes of the modes that there are. */
public final class Dataplanes {
    /** There where the kernel knows IPv6. */
    private static final Path IPV6 = Path.of("/proc/net/if_inet6");

    private Dataplanes() {}

    /** As {@link ProxyServer.DataplaneFactory#open}: for both address families, or for IPv4 where there is no IPv6. */
    public static List<Dataplane> open(ProxyConfig config, ProxyOptions options, Optional<NetworkNamespace> namespace)
            throws IOException {
        return switch (config.proxyMode()) {
            case IPTABLES -> IptablesDataplane.open(options, families(), namespace);
            case NFTABLES -> NftablesDataplane.open(options, families(), namespace);
        };
    }

    static Set<IpFamily> families() {
        return Files.exists(IPV6) ? EnumSet.allOf(IpFamily.class) : EnumSet.of(IpFamily.IPV4);
    }
}
