package dev.fairway.proxy.check;

import dev.fairway.netlink.conntrack.Conntrack;
import dev.fairway.netlink.conntrack.FlowFilter;
import dev.fairway.netlink.conntrack.FlowTuple;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.check.Finding.Need;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.proxy.conntrack.Sysctls;
import dev.fairway.proxy.model.IpFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Asks the kernel of one network namespace for each feature that a mode uses. What is tried is taken back in the transaction
 * that tries it, so that no packet ever meets it; a running proxy compares its rules afterwards, since others' transactions
 * went by.
 */
public final class NodeCheck {
    private static final Path IPV6 = Path.of("/proc/net/if_inet6");
    private static final Path STATUS = Path.of("/proc/self/status");

    /** {@code CAP_NET_ADMIN} of linux/capability.h. */
    private static final int CAP_NET_ADMIN = 12;

    private final Optional<NetworkNamespace> namespace;
    private final Set<IpFamily> families;
    private final List<Finding> findings = new ArrayList<>();

    private NodeCheck(Optional<NetworkNamespace> namespace) {
        this.namespace = namespace;
        this.families = Files.exists(IPV6) ? EnumSet.allOf(IpFamily.class) : EnumSet.of(IpFamily.IPV4);
    }

    /**
     * Looks for everything that the given modes use.
     *
     * @param namespace empty for the process's own
     */
    public static CheckReport run(Optional<NetworkNamespace> namespace, Set<ProxyMode> modes) {
        NodeCheck check = new NodeCheck(namespace);
        check.common();
        if (modes.contains(ProxyMode.IPTABLES)) {
            check.findings.addAll(new IptablesProbes(namespace, check.families).findings());
        }
        if (modes.contains(ProxyMode.NFTABLES)) {
            check.findings.addAll(new NftablesProbes(namespace, check.families).findings());
        }
        return new CheckReport(System.getProperty("os.version"), check.findings);
    }

    private void common() {
        findings.add(privileges());
        findings.add(Finding.both(Need.USEFUL, "IPv6", families.contains(IpFamily.IPV6), ""));
        findings.add(conntrack());
        findings.add(setting("net/netfilter/nf_conntrack_max", "conntrack's limits"));
        findings.add(expected("net/ipv4/ip_forward", 1, "IPv4 packets of Pods are forwarded"));
        if (families.contains(IpFamily.IPV6)) {
            findings.add(expected("net/ipv6/conf/all/forwarding", 1, "IPv6 packets of Pods are forwarded"));
        }
        findings.add(expected("net/bridge/bridge-nf-call-iptables", 1, "rules see packets within a bridge"));
    }

    private static Finding privileges() {
        try {
            long effective = Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16))
                    .findFirst().orElse(0);
            boolean present = (effective >> CAP_NET_ADMIN & 1) == 1;
            return Finding.both(Need.NEEDED, "the privilege CAP_NET_ADMIN", present, "");
        } catch (IOException e) {
            return Finding.both(Need.NEEDED, "the privilege CAP_NET_ADMIN", false, e.toString());
        }
    }

    private Finding conntrack() {
        String feature = "conntrack over netlink";
        // There are hardly ever flows of SCTP, and the kernel filters: it is only asked whether it answers.
        FlowFilter few = FlowFilter.ipv4().protocol(FlowTuple.SCTP);
        try (Conntrack conntrack = namespace.isPresent() ? Conntrack.open(namespace.get()) : Conntrack.open()) {
            conntrack.list(few);
            return Finding.both(Need.NEEDED, feature, true, "");
        } catch (IOException e) {
            return Finding.both(Need.NEEDED, feature, false, e.getMessage());
        }
    }

    private Finding setting(String name, String feature) {
        try {
            OptionalLong value = new Sysctls(namespace).get(name);
            return Finding.both(Need.USEFUL, feature, value.isPresent(),
                    value.isPresent() ? dotted(name) + " = " + value.getAsLong() : "no " + dotted(name));
        } catch (IOException e) {
            return Finding.both(Need.USEFUL, feature, false, e.getMessage());
        }
    }

    /** A setting that does not exist has nothing to switch off. */
    private Finding expected(String name, long expected, String feature) {
        try {
            OptionalLong value = new Sysctls(namespace).get(name);
            return Finding.both(Need.USEFUL, feature, value.orElse(expected) == expected,
                    value.isPresent() ? dotted(name) + " = " + value.getAsLong() : "no " + dotted(name));
        } catch (IOException e) {
            return Finding.both(Need.USEFUL, feature, false, e.getMessage());
        }
    }

    private static String dotted(String name) {
        return name.replace('/', '.');
    }
}
