package dev.fairway.proxy.state;

import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import java.time.Duration;
import java.util.List;

/**
 * The settings that rules and their timing depend on, as {@code KubeProxyConfiguration} has them.
 *
 * @param detectLocal how this node's Pod traffic is recognised
 * @param nodePortAddresses blocks, or {@code primary} alone; empty for every local address
 * @param masqueradeBit 0 to 31
 * @param conntrackTcpLiberal whether packets that conntrack calls invalid are let through
 * @param minSyncPeriod least time between two syncs of a burst; a lone change goes out at once
 * @param syncPeriod most time between two syncs, and between the tries after a failure
 */
public record ProxyOptions(
        DetectLocal detectLocal,
        List<String> nodePortAddresses,
        boolean masqueradeAll,
        int masqueradeBit,
        boolean localhostNodePorts,
        boolean conntrackTcpLiberal,
        Duration minSyncPeriod,
        Duration syncPeriod) {

    /** {@code IFNAMSIZ} without the NUL that ends a name. */
    private static final int MOST_INTERFACE_NAME = 15;

    public ProxyOptions {
        if (masqueradeBit < 0 || masqueradeBit > 31) {
            throw new IllegalArgumentException("masqueradeBit: must be 0 to 31, not " + masqueradeBit);
        }
        if (minSyncPeriod.isNegative() || syncPeriod.compareTo(minSyncPeriod) < 0 || !syncPeriod.isPositive()) {
            throw new IllegalArgumentException("syncPeriod: must be positive and not less than minSyncPeriod");
        }
        nodePortAddresses = List.copyOf(nodePortAddresses);
    }

    /** kube-proxy's defaults. */
    public static ProxyOptions defaults() {
        return new ProxyOptions(new DetectLocal.ByClusterCidr(List.of()), List.of(), false, 14, true, false,
                Duration.ofSeconds(1), Duration.ofSeconds(30));
    }

    public ProxyOptions withDetectLocal(DetectLocal detect) {
        return new ProxyOptions(detect, nodePortAddresses, masqueradeAll, masqueradeBit, localhostNodePorts,
                conntrackTcpLiberal, minSyncPeriod, syncPeriod);
    }

    /** The mark on packets that are to be masqueraded. */
    public int masqueradeMark() {
        return 1 << masqueradeBit;
    }

    /** {@code detectLocalMode} with its setting. */
    public sealed interface DetectLocal {
        /** Mode ClusterCIDR; blocks of either family, of which the first per family counts. */
        record ByClusterCidr(List<IpCidr> cidrs) implements DetectLocal {}

        /** Mode NodeCIDR: the blocks are the Node's own. */
        record ByNodeCidr() implements DetectLocal {}

        record ByBridgeInterface(String name) implements DetectLocal {
            public ByBridgeInterface {
                checkInterface("detectLocal.bridgeInterface", name);
            }
        }

        record ByInterfaceNamePrefix(String prefix) implements DetectLocal {
            public ByInterfaceNamePrefix {
                checkInterface("detectLocal.interfaceNamePrefix", prefix);
            }
        }

        /** Nothing is taken for local. */
        record None() implements DetectLocal {}

        /** What this means in one address family on one node. */
        default LocalTraffic resolve(IpFamily family, Node node) {
            return switch (this) {
                case ByClusterCidr(var cidrs) -> first(cidrs, family);
                case ByNodeCidr() -> first(node.podCidrs(), family);
                case ByBridgeInterface(var name) -> new LocalTraffic.FromInterface(name);
                case ByInterfaceNamePrefix(var prefix) -> new LocalTraffic.FromInterfacePrefix(prefix);
                case None() -> new LocalTraffic.Unknown();
            };
        }

        /** What the kernel takes for a name ({@code dev_valid_name}), without what would end a word of a rule. */
        private static void checkInterface(String field, String name) {
            boolean clean = name.chars().allMatch(c -> c > ' ' && c < 0x7f && "/:\"'\\+!".indexOf(c) < 0);
            if (name.isEmpty() || name.length() > MOST_INTERFACE_NAME || !clean || name.startsWith("-")) {
                throw new IllegalArgumentException(field + ": not an interface name of 1 to 15 characters: '" + name + "'");
            }
        }

        private static LocalTraffic first(List<IpCidr> cidrs, IpFamily family) {
            return cidrs.stream()
                    .filter(cidr -> cidr.family() == family)
                    .findFirst()
                    .<LocalTraffic>map(LocalTraffic.FromCidr::new)
                    .orElseGet(LocalTraffic.Unknown::new);
        }
    }
}
