package dev.fairway.proxy.model;

import java.util.Optional;

/**
 * A block of addresses.
 *
 * @param address the first address of the block
 * @param length of the prefix, in bits
 */
public record IpCidr(IpAddress address, int length) {
    public IpCidr {
        if (length < 0 || length > address.family().bits()) {
            throw new IllegalArgumentException("prefix length " + length + " for " + address);
        }
        address = address.masked(length);
    }

    /** Reads {@code ADDRESS/LENGTH}, host bits being dropped; empty if it is not that. */
    public static Optional<IpCidr> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || text.length() - slash > 4) {
            return Optional.empty();
        }
        String digits = text.substring(slash + 1);
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        int length = Integer.parseInt(digits);
        return IpAddress.parse(text.substring(0, slash))
                .filter(address -> length <= address.family().bits())
                .map(address -> new IpCidr(address, length));
    }

    /** @throws IllegalArgumentException if it is no block */
    public static IpCidr of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not a CIDR block: '" + text + "'"));
    }

    /** The block of one address. */
    public static IpCidr of(IpAddress address) {
        return new IpCidr(address, address.family().bits());
    }

    public IpFamily family() {
        return address.family();
    }

    public boolean contains(IpAddress other) {
        return other.family() == family() && other.masked(length).equals(address);
    }

    /** Whether this is the whole of its family. */
    public boolean isAll() {
        return length == 0;
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }
}
