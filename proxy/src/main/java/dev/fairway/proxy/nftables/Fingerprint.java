package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Data;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.SetElement;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * A number per set that stands for its elements, in whatever order they come: what a large table is compared by without
 * holding it twice. Equal numbers of different sets are as unlikely as one in 2^64.
 */
final class Fingerprint {
    /** Of the hash FNV-1a. */
    private static final long FNV_PRIME = 0x100000001b3L;

    private final Map<SetId, Long> sums = new EnumMap<>(SetId.class);

    private Fingerprint() {
        for (var set : SetId.values()) {
            sums.put(set, 0L);
        }
    }

    /** Of what the kernel should hold. */
    static Fingerprint of(Mirror mirror) {
        var fingerprint = new Fingerprint();
        mirror.entries.forEach((set, entries) ->
                entries.forEach((key, entry) -> fingerprint.add(set, entry.element(key))));
        mirror.lists.forEach((id, slots) -> {
            for (int i = 0; i < slots.size(); i++) {
                fingerprint.add(id.kind().endpoints(), SetElement.of(id.front().slot(i), slots.get(i).bytes()));
            }
        });
        mirror.strays.forEach((set, strays) -> strays.values().forEach(stray -> fingerprint.add(set, stray)));
        return fingerprint;
    }

    /** Of what it does hold. */
    static Fingerprint read(Nftables nftables, Layout layout) throws IOException {
        var fingerprint = new Fingerprint();
        for (var set : SetId.values()) {
            var hashes = nftables.elements(layout.table(), set.setName(), listed -> hash(listed.element()));
            fingerprint.sums.put(set, hashes.stream().mapToLong(Long::longValue).sum());
        }
        return fingerprint;
    }

    private void add(SetId set, SetElement element) {
        sums.merge(set, hash(element), Long::sum);
    }

    private static long hash(SetElement element) {
        long hash = mix(1, element.key());
        hash = mix(hash, element.keyEnd().orElse(element.key()));
        if (element.data().isPresent()) {
            hash = switch (element.data().get()) {
                case Data.Value(var value) -> mix(hash, value);
                case Data.OfVerdict(var verdict) -> mix(hash, verdict.toString().hashCode());
            };
        }
        return mix(hash, element.comment().hashCode());
    }

    private static long mix(long hash, Bytes bytes) {
        long mixed = hash;
        for (byte b : bytes.toByteArray()) {
            mixed = (mixed ^ b) * FNV_PRIME;
        }
        return mix(mixed, bytes.length());
    }

    /** The finishing steps of SplitMix64, over the sum of both. */
    private static long mix(long hash, long value) {
        long z = hash * 31 + value + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** Whether every set has the same elements. */
    boolean sameAs(Fingerprint other) {
        return sums.equals(other.sums);
    }
}
