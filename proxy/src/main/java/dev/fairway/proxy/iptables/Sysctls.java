package dev.fairway.proxy.iptables;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Kernel settings below {@code /proc/sys}, of the namespace whose rules are written. */
@FunctionalInterface
public interface Sysctls {
    /** @param name with slashes: {@code net/ipv4/ip_forward} */
    void write(String name, String value) throws IOException;

    /** @param namespace empty for this process's own */
    static Sysctls of(Optional<NetworkNamespace> namespace) {
        var kernel = new dev.fairway.proxy.conntrack.Sysctls(namespace);
        return (name, value) -> {
            // In a container /proc/sys is read-only, and somebody with more privileges has set this before.
            if (kernel.text(name).equals(value)) {
                return;
            }
            if (namespace.isPresent()) {
                namespace.get().sysctl(name, value);
            } else {
                Files.writeString(Path.of("/proc/sys").resolve(name), value);
            }
        };
    }
}
