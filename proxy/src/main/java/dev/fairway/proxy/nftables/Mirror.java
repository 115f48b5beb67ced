package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Rule;
import dev.fairway.netlink.nftables.SetElement;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the kernel holds of the table, as far as it is Fairway's. Changed only by {@link Staging} and {@link KernelReader}. */
final class Mirror {
    /** Whether the table with all sets of {@link SetId} is there. */
    boolean tableExists;
    /** Of all sets and verdict maps of {@link SetId}; the maps of endpoints are in {@link #lists}. */
    final Map<SetId, Map<Bytes, Entry>> entries = new EnumMap<>(SetId.class);
    final Map<ListId, Slots> lists = new HashMap<>();
    /** Rules by chain. */
    final Map<String, List<Rule>> chains = new HashMap<>();
    /** The names of sets that belong to one Service. */
    final Set<String> ownSets = new HashSet<>();
    /** The keys in {@link SetId#ALLOWED_SOURCES} by what they allow. */
    final Map<FrontKey, Set<Bytes>> sources = new HashMap<>();
    /** Elements that are there and should not be, which no list or entry accounts for. */
    final Map<SetId, Map<Bytes, SetElement>> strays = new EnumMap<>(SetId.class);

    Mirror() {
        for (var id : SetId.values()) {
            entries.put(id, new HashMap<>());
            strays.put(id, new HashMap<>());
        }
    }

    Slots slots(Layout layout, ListId id) {
        var slots = lists.get(id);
        return slots == null ? Slots.none(layout.family()) : slots;
    }

    /** The number of elements in all sets. */
    int elements() {
        return entries.values().stream().mapToInt(Map::size).sum() + lists.values().stream().mapToInt(Slots::size).sum();
    }

    int rules() {
        return chains.values().stream().mapToInt(List::size).sum();
    }
}
