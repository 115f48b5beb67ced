package dev.fairway.node.network;

import java.net.InetAddress;
import java.util.HexFormat;

/** Link addresses that follow from IPv4 addresses, so that nobody has to ask for them. */
final class LinkAddresses {
    /** Locally administered, as CNI's bridge plugin has it. */
    private static final String PREFIX = "0a:58:";

    private LinkAddresses() {}

    static String of(InetAddress ipv4) {
        return PREFIX + HexFormat.ofDelimiter(":").formatHex(ipv4.getAddress());
    }
}
