package dev.fairway.apiserver.config;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.Optional;

/** IP addresses as text. */
public final class Ip {
    private Ip() {
    }

    /** An IPv4 address in four parts or an IPv6 address, without zone; names are never looked up. */
    public static Optional<InetAddress> parse(String text) {
        return InetAddresses.isInetAddress(text) && !text.contains("%") ? Optional.of(InetAddresses.forString(text)) : Optional.empty();
    }

    /** The one canonical form (RFC 5952 for IPv6). */
    public static String text(InetAddress address) {
        return InetAddresses.toAddrString(address);
    }
}
