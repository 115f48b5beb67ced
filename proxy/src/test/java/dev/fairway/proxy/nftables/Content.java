package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a table holds, without what depends on how it came to be: the order of endpoints, and the capacity of a chain where
 * the one that is in use still fits.
 *
 * @param entries of sets and verdict maps, chains without their capacity
 * @param lists endpoints by address, sorted
 * @param flaws what must never be
 */
record Content(Map<SetId, Map<Bytes, String>> entries, Map<ListId, Set<String>> lists, Map<String, Integer> ownChains,
        List<String> flaws) {

    static Content of(KernelReader.Reading reading) {
        var mirror = reading.mirror();
        var entries = new TreeMap<SetId, Map<Bytes, String>>();
        var flaws = new ArrayList<String>();
        mirror.entries.forEach((set, elements) -> {
            var texts = new HashMap<Bytes, String>();
            elements.forEach((key, entry) -> texts.put(key, ChainRef.parse(entry.chain()).map(ref -> ref.kind().toString())
                    .orElse(entry.chain()) + " " + entry.last() + " " + entry.comment()));
            entries.put(set, texts);
        });
        var lists = new HashMap<ListId, Set<String>>();
        mirror.lists.forEach((id, slots) -> {
            var targets = new TreeSet<String>();
            for (int i = 0; i < slots.size(); i++) {
                targets.add(slots.get(i).toString());
            }
            if (!targets.isEmpty()) {
                lists.put(id, targets);
            }
            int capacity = slots.capacity();
            if (targets.size() != slots.size() || slots.size() > capacity
                    || slots.size() > 0 && slots.size() < capacity / 2) {
                flaws.add(id + ": " + slots);
            }
        });
        mirror.strays.forEach((set, strays) -> strays.keySet().forEach(key -> flaws.add("stray in " + set + ": " + key)));
        reading.foreign().chains().forEach(chain -> flaws.add("foreign chain " + chain.name()));
        reading.foreign().sets().forEach(set -> flaws.add("foreign set " + set));
        var own = new TreeMap<String, Integer>();
        mirror.chains.forEach((chain, rules) -> {
            if (ChainRef.parse(chain).isEmpty()) {
                own.put(chain, rules.hashCode());
            }
        });
        mirror.ownSets.forEach(set -> own.put("set " + set, 0));
        return new Content(entries, lists, own, flaws);
    }
}
