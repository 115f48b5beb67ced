package dev.fairway.cli.demo;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import java.io.IOException;
import java.net.InetAddress;

/** Finds the network namespace that is a Pod, by its IP. */
final class PodNamespaces {
    private PodNamespaces() {}

    /**
     * The name of the namespace that holds the address.
     *
     * @throws IOException if there is none
     */
    static String find(String address) throws IOException {
        InetAddress wanted = InetAddress.getByName(address);
        for (String name : NetworkNamespace.list()) {
            try (Rtnetlink rtnetlink = Rtnetlink.open(NetworkNamespace.open(name))) {
                if (rtnetlink.addresses().stream().anyMatch(each -> each.prefix().address().equals(wanted))) {
                    return name;
                }
            }
        }
        throw new IOException("no network namespace has the address " + address);
    }
}
