package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpFamily;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Numbered endpoints, from 0 without gaps, and the capacity of the chain that draws from them. Immutable, and small: there
 * are as many of these as Service addresses, and a cluster may have a million endpoints.
 *
 * <p>A chain for capacity C draws numbers below C, a power of two, and draws again where it meets an empty slot. At least
 * half of the slots are taken, so that few draws suffice, and an endpoint more or less leaves the chain as it is.
 */
final class Slots {
    /** An endpoint's address and port. */
    record Target(IpAddress address, int port) {
        Bytes bytes() {
            return Bytes.concat(Bytes.of(address.bytes()), Bytes.be16(port));
        }
    }

    private static final long[] NOTHING = {};

    private final IpFamily family;
    private final int capacity;
    /** IPv4: address and port in one number. IPv6: three numbers. */
    private final long[] words;

    private Slots(IpFamily family, int capacity, long[] words) {
        this.family = family;
        this.capacity = capacity;
        this.words = words;
    }

    static Slots none(IpFamily family) {
        return new Slots(family, 0, NOTHING);
    }

    /**
     * Slots as the kernel was found to have them.
     *
     * @param capacity of the chain in use, 0 if none is
     */
    static Slots of(IpFamily family, int capacity, List<Target> targets) {
        int stride = stride(family);
        var words = new long[targets.size() * stride];
        for (int i = 0; i < targets.size(); i++) {
            put(words, i, targets.get(i));
        }
        return new Slots(family, capacity, words);
    }

    private static int stride(IpFamily family) {
        return family == IpFamily.IPV4 ? 1 : 3;
    }

    private static void put(long[] words, int slot, Target target) {
        if (target.address().isIpv4()) {
            words[slot] = target.address().low() << 16 | target.port();
        } else {
            words[slot * 3] = target.address().high();
            words[slot * 3 + 1] = target.address().low();
            words[slot * 3 + 2] = target.port();
        }
    }

    int size() {
        return words.length / stride(family);
    }

    /** Slots that the chain in use draws from; 0 before there is one. */
    int capacity() {
        return capacity;
    }

    Target get(int slot) {
        return family == IpFamily.IPV4
                ? new Target(new IpAddress(family, 0, words[slot] >>> 16), (int) words[slot] & 0xffff)
                : new Target(new IpAddress(family, words[slot * 3], words[slot * 3 + 1]), (int) words[slot * 3 + 2]);
    }

    /** The target in a slot; empty past the end. */
    Optional<Target> find(int slot) {
        return slot >= 0 && slot < size() ? Optional.of(get(slot)) : Optional.empty();
    }

    /**
     * The slots for other targets, which keep their place where they have one; the last ones fill the gaps of those that go.
     *
     * @param wanted without duplicates
     */
    Slots with(Collection<Target> wanted) {
        var fresh = new LinkedHashSet<>(wanted);
        var slots = new ArrayList<Optional<Target>>(Math.max(size(), wanted.size()));
        for (int i = 0; i < size(); i++) {
            var target = get(i);
            slots.add(fresh.remove(target) ? Optional.of(target) : Optional.empty());
        }
        var coming = fresh.iterator();
        for (int i = 0; i < slots.size() && coming.hasNext(); i++) {
            if (slots.get(i).isEmpty()) {
                slots.set(i, Optional.of(coming.next()));
            }
        }
        coming.forEachRemaining(target -> slots.add(Optional.of(target)));
        closeGaps(slots);
        var targets = slots.stream().map(Optional::orElseThrow).toList();
        return of(family, fits(targets.size()) ? capacity : capacityFor(targets.size()), targets);
    }

    private static void closeGaps(List<Optional<Target>> slots) {
        for (int i = 0; i < slots.size(); i++) {
            while (!slots.isEmpty() && slots.getLast().isEmpty()) {
                slots.removeLast();
            }
            if (i < slots.size() && slots.get(i).isEmpty()) {
                slots.set(i, slots.removeLast());
            }
        }
    }

    private boolean fits(int size) {
        return capacity > 0 && size <= capacity && (size >= capacity / 2 || size == 0);
    }

    /** The next power of two, at least 1. */
    static int capacityFor(int size) {
        return size <= 1 ? 1 : Integer.highestOneBit(size - 1) << 1;
    }

    /** Whether a slot holds the same in both, an absent one being the same as an absent one. */
    boolean sameAt(int slot, Slots other) {
        int stride = stride(family);
        boolean here = slot < size();
        if (here != (slot < other.size())) {
            return false;
        }
        return !here || Arrays.equals(words, slot * stride, (slot + 1) * stride, other.words, slot * stride,
                (slot + 1) * stride);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Slots that && family == that.family && capacity == that.capacity
                && Arrays.equals(words, that.words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words) * 31 + capacity;
    }

    /** All of them, in order. */
    List<Target> targets() {
        var targets = new ArrayList<Target>(size());
        for (int i = 0; i < size(); i++) {
            targets.add(get(i));
        }
        return targets;
    }

    @Override
    public String toString() {
        return targets() + " of " + capacity;
    }
}
