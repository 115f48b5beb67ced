package dev.fairway.node.network;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The kernel settings of the namespaces of a cluster. A fresh namespace has the machine's, whatever these are. */
final class Sysctls {
    private static final Path PROC_SYS = Path.of("/proc/sys");

    /** Whether packets of others are passed on. */
    private static final String FORWARD = "net/ipv4/ip_forward";

    /**
     * Interfaces made after this have no IPv6: else each of a thousand Pods would greet all the others on its bridge
     * with router solicitations and multicast reports.
     */
    private static final Map<String, String> NO_IPV6 = Map.of("net/ipv6/conf/default/disable_ipv6", "1");

    private Sysctls() {}

    /** Of a node: it forwards for its Pods, and believes packets whatever way they come. */
    static Map<String, String> node() {
        Map<String, String> settings = new LinkedHashMap<>(NO_IPV6);
        settings.put(FORWARD, "1");
        for (String which : new String[] {"all", "default"}) {
            settings.put("net/ipv4/conf/" + which + "/rp_filter", "0");
            // Two Pods of one node talk through it on purpose: it must not tell them of a shorter way.
            settings.put("net/ipv4/conf/" + which + "/send_redirects", "0");
        }
        // Packets between Pods are routed, so the rules see each once already.
        settings.put("net/bridge/bridge-nf-call-iptables", "0");
        settings.put("net/bridge/bridge-nf-call-ip6tables", "0");
        return settings;
    }

    /** Of a Pod, and of the wire. */
    static Map<String, String> leaf() {
        return NO_IPV6;
    }

    /** Of the client outside: what a node sends there for want of a route ends there. */
    static Map<String, String> outside() {
        Map<String, String> settings = new LinkedHashMap<>(NO_IPV6);
        settings.put(FORWARD, "0");
        return settings;
    }

    /** Writes settings to the calling thread's namespace; those that this kernel does not have are left out. */
    static void write(Map<String, String> settings) throws IOException {
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            Path file = PROC_SYS.resolve(setting.getKey());
            if (Files.exists(file)) {
                Files.writeString(file, setting.getValue());
            }
        }
    }

    static void write(NetworkNamespace namespace, Map<String, String> settings) throws IOException {
        namespace.call(() -> {
            write(settings);
            return null;
        });
    }
}
