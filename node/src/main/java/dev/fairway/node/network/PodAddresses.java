package dev.fairway.node.network;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * Hands out the addresses of an IPv4 podCIDR in turn, so that a released one is not given to another Pod while
 * somebody may still be talking to the old one. The first address is the gateway's, the last is broadcast.
 */
final class PodAddresses {
    private final int network;
    private final int count;
    private final Set<Integer> taken = new HashSet<>();
    private int next;

    /**
     * The addresses of a network.
     *
     * @param length prefix length in bits, at most 30
     */
    PodAddresses(InetAddress network, int length) {
        this.network = ByteBuffer.wrap(network.getAddress()).getInt();
        // Without the network's own, the gateway's and the broadcast address.
        this.count = (1 << (32 - length)) - 3;
    }

    InetAddress gateway() {
        return address(network + 1);
    }

    /**
     * Takes the next free address.
     *
     * @throws IllegalStateException if all are taken
     */
    synchronized InetAddress take() {
        for (int i = 0; i < count; i++) {
            int offset = next;
            next = (next + 1) % count;
            if (taken.add(offset)) {
                return address(network + 2 + offset);
            }
        }
        throw new IllegalStateException("all " + count + " Pod addresses of this node are taken");
    }

    synchronized void release(InetAddress address) {
        taken.remove(ByteBuffer.wrap(address.getAddress()).getInt() - network - 2);
    }

    private static InetAddress address(int bits) {
        try {
            return InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(bits).array());
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an IPv4 address", e);
        }
    }
}
