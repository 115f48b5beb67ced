package dev.fairway.node.network;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;

/** How the namespaces and interfaces of a cluster are called. A dot ends a cluster's name: names have none. */
final class Names {
    private Names() {}

    static String prefix(String cluster) {
        return "fw." + cluster + ".";
    }

    static String wire(String cluster) {
        return prefix(cluster) + "wire";
    }

    static String outside(String cluster) {
        return prefix(cluster) + "outside";
    }

    static String node(String cluster, String node) {
        return prefix(cluster) + node;
    }

    static String pod(String cluster, String podUid) {
        return prefix(cluster) + "pod-" + podUid;
    }

    /**
     * The node's end of a Pod's veth pair, within the 15 characters of an interface name. Never used twice on a node: the
     * kernel takes its time to remove what belonged to a namespace that is gone.
     */
    static String podInterface(int number) {
        return "veth" + HexFormat.of().toHexDigits(number);
    }

    /** The namespaces of a cluster that exist, of a running or of a killed one. */
    static List<String> existing(String cluster) throws IOException {
        return NetworkNamespace.list().stream().filter(name -> name.startsWith(prefix(cluster))).toList();
    }
}
