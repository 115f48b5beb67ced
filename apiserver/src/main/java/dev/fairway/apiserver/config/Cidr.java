package dev.fairway.apiserver.config;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A block of IP addresses.
 *
 * @param base   the first address, host bits zero
 * @param prefix the prefix length in bits
 */
public record Cidr(InetAddress base, int prefix) {
    public Cidr {
        int bits = base.getAddress().length * 8;
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException("prefix length " + prefix + " of " + base.getHostAddress());
        }
        BigInteger mask = BigInteger.ONE.shiftLeft(bits - prefix).subtract(BigInteger.ONE);
        if (new BigInteger(1, base.getAddress()).and(mask).signum() != 0) {
            throw new IllegalArgumentException("host bits set in " + base.getHostAddress() + "/" + prefix);
        }
    }

    /** Parses {@code address/prefix}; no name is ever looked up. */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("\"" + text + "\" is not address/prefix");
        }
        try {
            InetAddress base = Ip.parse(text.substring(0, slash))
                    .orElseThrow(() -> new IllegalArgumentException("\"" + text + "\" is not address/prefix"));
            return new Cidr(base, Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" is not address/prefix", e);
        }
    }

    /** The block of a size that an address is in. */
    public static Cidr around(InetAddress address, int prefix) {
        int hostBits = address.getAddress().length * 8 - prefix;
        if (prefix < 0 || hostBits < 0) {
            throw new IllegalArgumentException("prefix length " + prefix + " of " + address.getHostAddress());
        }
        return new Cidr(ofNumber(new BigInteger(1, address.getAddress()).shiftRight(hostBits).shiftLeft(hostBits),
                address.getAddress().length), prefix);
    }

    public boolean isIpv6() {
        return base.getAddress().length == 16;
    }

    /** The number of addresses. */
    public BigInteger size() {
        return BigInteger.ONE.shiftLeft(base.getAddress().length * 8 - prefix);
    }

    /** The address at an offset from the base. */
    public InetAddress at(long offset) {
        BigInteger value = new BigInteger(1, base.getAddress()).add(BigInteger.valueOf(offset));
        return ofNumber(value, base.getAddress().length);
    }

    private static InetAddress ofNumber(BigInteger value, int size) {
        byte[] raw = value.toByteArray();
        byte[] bytes = new byte[size];
        int length = Math.min(raw.length, bytes.length);
        System.arraycopy(raw, raw.length - length, bytes, bytes.length - length, length);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }

    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != base.getAddress().length) {
            return false;
        }
        int hostBits = bytes.length * 8 - prefix;
        return new BigInteger(1, bytes).shiftRight(hostBits).equals(new BigInteger(1, base.getAddress()).shiftRight(hostBits));
    }

    /** Whether the two blocks have an address in common. */
    public boolean overlaps(Cidr other) {
        return contains(other.base) || other.contains(base);
    }

    @Override
    public String toString() {
        return Ip.text(base) + "/" + prefix;
    }
}
