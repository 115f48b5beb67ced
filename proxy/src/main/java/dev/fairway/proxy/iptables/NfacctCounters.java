package dev.fairway.proxy.iptables;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nfacct.Nfacct;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Makes nfacct objects over netlink. */
public final class NfacctCounters implements PacketCounters {
    private static final Logger LOG = System.getLogger(NfacctCounters.class.getName());

    private final Optional<NetworkNamespace> namespace;

    /** @param namespace empty for this process's own */
    public NfacctCounters(Optional<NetworkNamespace> namespace) {
        this.namespace = namespace;
    }

    @Override
    public Set<String> ensure(Set<String> names) {
        Set<String> there = new HashSet<>();
        try (Nfacct nfacct = namespace.isPresent() ? Nfacct.open(namespace.get()) : Nfacct.open()) {
            for (String name : names) {
                nfacct.create(name);
                there.add(name);
            }
        } catch (IOException lacking) {
            LOG.log(Level.WARNING, "packets are not counted: {0}", lacking.getMessage());
        }
        return there;
    }
}
