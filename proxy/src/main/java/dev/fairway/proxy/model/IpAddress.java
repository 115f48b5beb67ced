package dev.fairway.proxy.model;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An IPv4 or IPv6 address in 32 bytes of heap, where {@link InetAddress} takes more than a hundred. An IPv4-mapped IPv6
 * address is the IPv4 address, as for kube-proxy.
 *
 * @param high the first 64 bits of an IPv6 address, 0 for IPv4
 * @param low the last 64 bits of an IPv6 address, or the 32 bits of an IPv4 one
 */
public record IpAddress(IpFamily family, long high, long low) {
    private static final int LONGEST_TEXT = 45;
    private static final long MAPPED_PREFIX = 0xffff_0000_0000L;

    /** Reads a literal; empty if it is none. Names are never looked up, zones ({@code %eth0}) are refused. */
    public static Optional<IpAddress> parse(String text) {
        if (text.isEmpty() || text.length() > LONGEST_TEXT) {
            return Optional.empty();
        }
        return text.indexOf(':') < 0 ? parse4(text) : parse6(text);
    }

    /** @throws IllegalArgumentException if it is no address */
    public static IpAddress of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not an IP address: '" + text + "'"));
    }

    /** @throws IllegalArgumentException if there are neither 4 nor 16 bytes */
    public static IpAddress of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return switch (bytes.length) {
            case 4 -> new IpAddress(IpFamily.IPV4, 0, Integer.toUnsignedLong(buffer.getInt()));
            case 16 -> ofBits(buffer.getLong(), buffer.getLong());
            default -> throw new IllegalArgumentException("an IP address of " + bytes.length + " bytes");
        };
    }

    public static IpAddress of(InetAddress address) {
        return of(address.getAddress());
    }

    private static IpAddress ofBits(long high, long low) {
        return high == 0 && (low & ~0xffff_ffffL) == MAPPED_PREFIX
                ? new IpAddress(IpFamily.IPV4, 0, low & 0xffff_ffffL)
                : new IpAddress(IpFamily.IPV6, high, low);
    }

    /** Leading zeros are read as decimal, since old objects in the API may have them. */
    private static Optional<IpAddress> parse4(String text) {
        long value = 0;
        int octet = -1;
        int dots = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                octet = Math.max(octet, 0) * 10 + (c - '0');
                if (octet > 255) {
                    return Optional.empty();
                }
            } else if (c == '.' && octet >= 0 && dots < 3) {
                value = value << 8 | octet;
                octet = -1;
                dots++;
            } else {
                return Optional.empty();
            }
        }
        return dots == 3 && octet >= 0
                ? Optional.of(new IpAddress(IpFamily.IPV4, 0, value << 8 | octet))
                : Optional.empty();
    }

    private static Optional<IpAddress> parse6(String text) {
        if (text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(of(InetAddress.ofLiteral(text).getAddress()));
        } catch (IllegalArgumentException notLiteral) {
            return Optional.empty();
        }
    }

    public boolean isIpv4() {
        return family == IpFamily.IPV4;
    }

    /** 4 or 16 bytes in network order. */
    public byte[] bytes() {
        return switch (family) {
            case IPV4 -> ByteBuffer.allocate(4).putInt((int) low).array();
            case IPV6 -> ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        };
    }

    public boolean isLoopback() {
        return isIpv4() ? low >>> 24 == 127 : high == 0 && low == 1;
    }

    public boolean isUnspecified() {
        return high == 0 && low == 0;
    }

    /** {@code 169.254.0.0/16} or {@code fe80::/10}. */
    public boolean isLinkLocal() {
        return isIpv4() ? low >>> 16 == 0xa9fe : high >>> 54 == 0x3fa;
    }

    /** {@code 224.0.0.0/4} or {@code ff00::/8}. */
    public boolean isMulticast() {
        return isIpv4() ? low >>> 28 == 0xe : high >>> 56 == 0xff;
    }

    /** The first {@code length} bits, the others zero. */
    public IpAddress masked(int length) {
        return switch (family) {
            case IPV4 -> new IpAddress(family, 0, low & mask(length + 32) & 0xffff_ffffL);
            case IPV6 -> new IpAddress(family, high & mask(length), low & mask(length - 64));
        };
    }

    private static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1L : -1L << (64 - bits);
    }

    /** The address with a port as in a URL: {@code 10.0.0.1:80}, {@code [fd00::1]:80}. */
    public String withPort(int port) {
        return isIpv4() ? this + ":" + port : "[" + this + "]:" + port;
    }

    /** The canonical text, for IPv6 that of RFC 5952. */
    @Override
    public String toString() {
        return switch (family) {
            case IPV4 -> (low >>> 24) + "." + (low >>> 16 & 0xff) + "." + (low >>> 8 & 0xff) + "." + (low & 0xff);
            case IPV6 -> text6();
        };
    }

    private int group(int index) {
        long half = index < 4 ? high : low;
        return (int) (half >>> (48 - 16 * (index % 4))) & 0xffff;
    }

    private String text6() {
        int start = -1;
        int longest = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && group(i + run) == 0) {
                run++;
            }
            if (run > longest) {
                longest = run;
                start = i;
            }
            i += run;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += longest - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }
}
