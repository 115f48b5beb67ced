package dev.fairway.proxy.cleanup;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.SyncReport;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.proxy.model.IpFamily;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Removes what another proxy has left, Fairway's of the other mode or kube-proxy's, once the rules of this one are in place:
 * never before, so that at every moment one of the two serves new connections.
 */
public final class Takeover implements SyncListener {
    private static final Logger LOG = System.getLogger(Takeover.class.getName());

    private final ProxyMode mode;
    private final Cleanup cleanup;
    private final Set<IpFamily> awaited;

    /**
     * @param mode the mode that is taking over
     * @param families those that are served
     * @param namespace empty for the process's own
     */
    public Takeover(ProxyMode mode, Set<IpFamily> families, Optional<NetworkNamespace> namespace) {
        this.mode = mode;
        this.cleanup = new Cleanup(namespace);
        this.awaited = EnumSet.copyOf(families);
    }

    @Override
    public void synced(SyncReport report) {
        if (awaited.remove(report.state().family()) && awaited.isEmpty()) {
            removeOther();
        }
    }

    private void removeOther() {
        try {
            boolean found = switch (mode) {
                case IPTABLES -> cleanup.nftables();
                case NFTABLES -> cleanup.iptables() | cleanup.kubeProxyNftables();
            };
            if (found) {
                LOG.log(Level.INFO, "the rules of the proxy that served before are removed");
            }
        } catch (IOException stays) {
            LOG.log(Level.WARNING, "rules of another proxy stay: {0}", stays.getMessage());
        }
    }
}
