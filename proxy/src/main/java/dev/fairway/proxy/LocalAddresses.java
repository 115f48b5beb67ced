package dev.fairway.proxy;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.rtnetlink.InterfaceAddress;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import dev.fairway.proxy.model.IpAddress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The addresses of a node's interfaces, on which node ports may listen. */
@FunctionalInterface
public interface LocalAddresses {
    List<IpAddress> list() throws IOException;

    /**
     * Those that the kernel has, in the order of the interfaces.
     *
     * @param namespace empty for the process's own
     */
    static LocalAddresses ofKernel(Optional<NetworkNamespace> namespace) {
        return () -> {
            try (Rtnetlink rtnetlink = namespace.isPresent() ? Rtnetlink.open(namespace.get()) : Rtnetlink.open()) {
                return rtnetlink.addresses().stream()
                        .map(InterfaceAddress::prefix)
                        .map(prefix -> IpAddress.of(prefix.address()))
                        .toList();
            }
        };
    }
}
