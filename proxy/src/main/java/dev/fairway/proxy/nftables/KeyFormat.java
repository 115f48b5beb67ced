package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Reads keys that the kernel holds: the reverse of {@link FrontKey#bytes}. */
final class KeyFormat {
    private KeyFormat() {
    }

    /** @throws IllegalArgumentException if the key has a protocol that Services do not have */
    static FrontKey address(IpFamily family, Bytes key) {
        int after = family.bits() / 8;
        return new FrontKey.Address(addressAt(key, 0, family), protocol(key, after), port(key, after + 4));
    }

    /** @throws IllegalArgumentException if the key has a protocol that Services do not have */
    static FrontKey nodePort(Bytes key) {
        return new FrontKey.NodePort(protocol(key, 0), port(key, 4));
    }

    /** The front of a key that begins as {@link FrontKey#bytes}; empty if no Service can have it. */
    static Optional<FrontKey> front(IpFamily family, boolean addressed, Bytes key) {
        try {
            return Optional.of(addressed ? address(family, key) : nodePort(key));
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    /** The number at the end of a key of {@link FrontKey#slot}. */
    static int slot(Bytes key) {
        return ByteBuffer.wrap(key.slice(key.length() - 4, 4).toByteArray()).order(ByteOrder.nativeOrder()).getInt();
    }

    static Slots.Target target(IpFamily family, Bytes data) {
        return new Slots.Target(addressAt(data, 0, family), port(data, family.bits() / 8));
    }

    private static IpAddress addressAt(Bytes bytes, int offset, IpFamily family) {
        var address = ByteBuffer.wrap(bytes.slice(offset, family.bits() / 8).toByteArray());
        return switch (family) {
            case IPV4 -> new IpAddress(family, 0, Integer.toUnsignedLong(address.getInt()));
            case IPV6 -> new IpAddress(family, address.getLong(), address.getLong());
        };
    }

    private static Protocol protocol(Bytes bytes, int offset) {
        int number = Byte.toUnsignedInt(bytes.slice(offset, 1).toByteArray()[0]);
        for (var protocol : Protocol.values()) {
            if (FrontKey.number(protocol) == number) {
                return protocol;
            }
        }
        throw new IllegalArgumentException("protocol " + number);
    }

    private static int port(Bytes bytes, int offset) {
        byte[] port = bytes.slice(offset, 2).toByteArray();
        return (port[0] & 0xff) << 8 | port[1] & 0xff;
    }
}
