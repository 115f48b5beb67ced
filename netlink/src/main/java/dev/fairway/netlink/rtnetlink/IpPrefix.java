package dev.fairway.netlink.rtnetlink;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Objects;

/**
 * An IP address and a prefix length in bits, such as {@code 10.44.0.1/24}; host bits may be set.
 *
 * @param address IPv4 or IPv6
 * @param length 0 to 32, or to 128
 */
public record IpPrefix(InetAddress address, int length) {
    public IpPrefix {
        Objects.requireNonNull(address);
        if (length < 0 || length > address.getAddress().length * 8) {
            throw new IllegalArgumentException("prefix length " + length + " for " + address.getHostAddress());
        }
    }

    /**
     * Reads {@code ADDRESS/LENGTH}, or an address alone as a prefix of its whole length.
     *
     * @throws IllegalArgumentException if it is neither; host names are never looked up
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            var address = InetAddress.ofLiteral(text);
            return new IpPrefix(address, address.getAddress().length * 8);
        }
        try {
            return new IpPrefix(InetAddress.ofLiteral(text.substring(0, slash)),
                    Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException notNumber) {
            throw new IllegalArgumentException("prefix length in '" + text + "'", notNumber);
        }
    }

    public boolean isIpv4() {
        return address instanceof Inet4Address;
    }

    /** The same with host bits cleared. */
    public IpPrefix network() {
        byte[] bytes = address.getAddress();
        for (int bit = length; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        return new IpPrefix(InetAddresses.of(bytes), length);
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + length;
    }
}
