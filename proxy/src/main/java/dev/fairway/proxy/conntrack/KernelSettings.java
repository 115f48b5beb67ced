package dev.fairway.proxy.conntrack;

import dev.fairway.proxy.config.DetectLocalMode;
import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.state.NodePortRange;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The kernel settings that kube-proxy makes before it starts, and that need more privileges than its rules. */
public final class KernelSettings {
    private static final System.Logger LOG = System.getLogger(KernelSettings.class.getName());
    private static final String NETFILTER = "net/netfilter/";
    private static final String ROUTE_LOCALNET = "net/ipv4/conf/all/route_localnet";
    private static final String BRIDGE_CALLS_IPTABLES = "net/bridge/bridge-nf-call-iptables";
    private static final Path HASH_SIZE = Path.of("/sys/module/nf_conntrack/parameters/hashsize");

    /** So that a machine with many cores does not get a table of many gigabytes. */
    private static final int MOST_CONNECTIONS = 1 << 20;

    private final Sysctls sysctls;

    public KernelSettings(Sysctls sysctls) {
        this.sysctls = sysctls;
    }

    /**
     * Makes all settings that the configuration asks for.
     *
     * @param cores CPU cores of the machine
     * @throws IOException if the kernel refuses one; the message names it
     */
    public void apply(ProxyConfig config, int cores) throws IOException {
        conntrack(config.conntrack(), cores);
        if (config.proxyMode() == ProxyMode.IPTABLES && servesLoopback(config) && sysctls.set(ROUTE_LOCALNET, 1)) {
            LOG.log(Level.INFO, "set {0} to 1, to serve node ports on 127.0.0.1; iptables.localhostNodePorts: false or "
                    + "nodePortAddresses avoid that", ROUTE_LOCALNET);
        }
        if (config.localMode() == DetectLocalMode.BRIDGE_INTERFACE
                && sysctls.get(BRIDGE_CALLS_IPTABLES).orElse(1) != 1) {
            LOG.log(Level.WARNING, "{0} is not 1: traffic between Pods of one bridge does not pass the rules",
                    BRIDGE_CALLS_IPTABLES);
        }
    }

    private static boolean servesLoopback(ProxyConfig config) {
        // The word primary never means a loopback address, whatever the Node.
        return config.localhostNodePorts() && !config.nodePortsOnPrimaryOnly()
                && NodePortRange.of(config.nodePortAddresses(), IpFamily.IPV4, Node.unknown("")).containsIpv4Loopback();
    }

    /** Whether connection tracking lets packets pass that it calls invalid; asked after {@link #apply}. */
    public boolean conntrackIsLiberal() throws IOException {
        return sysctls.get(NETFILTER + "nf_conntrack_tcp_be_liberal").orElse(0) == 1;
    }

    private void conntrack(ProxyConfig.Conntrack conntrack, int cores) throws IOException {
        long most = tableSize(conntrack, cores);
        if (most > 0) {
            set("nf_conntrack_max", most);
            hashSize(most / 4);
        }
        seconds("nf_conntrack_tcp_timeout_established", conntrack.tcpEstablishedTimeout());
        seconds("nf_conntrack_tcp_timeout_close_wait", conntrack.tcpCloseWaitTimeout());
        if (conntrack.tcpBeLiberal()) {
            set("nf_conntrack_tcp_be_liberal", 1);
        }
        seconds("nf_conntrack_udp_timeout", conntrack.udpTimeout());
        seconds("nf_conntrack_udp_timeout_stream", conntrack.udpStreamTimeout());
    }

    /** How many connections are to be tracked; 0 to leave that as it is. */
    static long tableSize(ProxyConfig.Conntrack conntrack, int cores) {
        if (conntrack.maxPerCore() == 0) {
            return 0;
        }
        long scaled = (long) conntrack.maxPerCore() * cores;
        return scaled > MOST_CONNECTIONS ? MOST_CONNECTIONS : Math.max(scaled, conntrack.min());
    }

    private void seconds(String name, Duration timeout) throws IOException {
        if (timeout.isPositive()) {
            set(name, timeout.toSeconds());
        }
    }

    private void set(String name, long value) throws IOException {
        if (sysctls.set(NETFILTER + name, value)) {
            LOG.log(Level.INFO, "set {0} to {1}", name, Long.toString(value));
        }
    }

    /** The hash table belongs to the whole machine, not to a namespace. */
    private static void hashSize(long wanted) throws IOException {
        long present = Long.parseLong(Files.readString(HASH_SIZE).strip());
        if (present < wanted) {
            LOG.log(Level.INFO, "set the conntrack hash size to {0}", Long.toString(wanted));
            Files.writeString(HASH_SIZE, Long.toString(wanted));
        }
    }
}
