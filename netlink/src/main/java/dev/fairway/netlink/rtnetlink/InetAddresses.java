package dev.fairway.netlink.rtnetlink;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses from the bytes that the kernel gives. */
final class InetAddresses {
    private InetAddresses() {
    }

    /** @param bytes 4 or 16 of them; sixteen stay IPv6, IPv4-mapped ones included */
    static InetAddress of(byte[] bytes) {
        try {
            return bytes.length == 16 ? Inet6Address.getByAddress(null, bytes, -1) : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException badLength) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes", badLength);
        }
    }
}
