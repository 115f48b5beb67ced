package dev.fairway.proxy.server;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nfacct.Nfacct;
import dev.fairway.proxy.metrics.ProxyMetrics;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads the nfacct objects of a network namespace.
 *
 * @param namespace empty for the process's own
 */
record AccountedPackets(Optional<NetworkNamespace> namespace) {
    private static final System.Logger LOG = System.getLogger(AccountedPackets.class.getName());

    /** A counter that is empty where the kernel has no such object. */
    ProxyMetrics.PacketCounter of(String object) {
        return () -> {
            try (Nfacct nfacct = namespace.isPresent() ? Nfacct.open(namespace.get()) : Nfacct.open()) {
                return nfacct.get(object).map(found -> OptionalLong.of(found.packets())).orElse(OptionalLong.empty());
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "packets of {0} cannot be read: {1}", object, e.getMessage());
                return OptionalLong.empty();
            }
        };
    }
}
