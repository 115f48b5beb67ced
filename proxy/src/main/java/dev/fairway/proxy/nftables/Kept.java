package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.Data;
import dev.fairway.netlink.nftables.expr.Dynset;
import dev.fairway.netlink.nftables.expr.Immediate;
import dev.fairway.netlink.nftables.expr.Lookup;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the kernel holds of a Service's addresses, with all that packets to them come by. */
final class Kept {
    private final Layout layout;
    private final Mirror mirror;
    private final Set<Wants.Shared> shared;
    private final Map<String, ChainSpec> chains = new LinkedHashMap<>();
    private final Set<String> sets = new HashSet<>();

    /** @param shared what the Service may need; as much of it as is there is kept */
    Kept(Layout layout, Mirror mirror, Set<Wants.Shared> shared) {
        this.layout = layout;
        this.mirror = mirror;
        this.shared = new HashSet<>(shared);
    }

    /** @param entries the sets that the front may be in */
    void add(FrontKey front, Collection<SetId> entries) {
        for (var kind : ListKind.values()) {
            mirror.slots(layout, new ListId(kind, front)).targets().forEach(target -> {
                var address = Bytes.of(target.address().bytes());
                shared.add(new Wants.Shared(SetId.HAIRPINS, Bytes.concat(address, address)));
            });
        }
        for (var set : entries) {
            Optional.ofNullable(mirror.entries.get(set).get(front.bytes())).ifPresent(entry -> follow(entry.chain()));
        }
    }

    private void follow(String start) {
        var left = new ArrayDeque<>(List.of(start));
        while (!left.isEmpty()) {
            var name = left.pop();
            var rules = mirror.chains.get(name);
            // Other chains than those of affinity belong to no Service.
            if (name.startsWith(Affinity.PREFIX) && rules != null && !chains.containsKey(name)) {
                chains.put(name, new ChainSpec(Chain.regular(layout.table(), name), rules));
                rules.forEach(rule -> rule.expressions().forEach(expression -> {
                    switch (expression) {
                        case Immediate(int register, Data.OfVerdict(var verdict)) -> left.add(verdict.chain());
                        case Lookup lookup -> sets.add(lookup.set());
                        case Dynset dynset -> sets.add(dynset.set());
                        default -> { }
                    }
                }));
            }
        }
    }

    Set<Wants.Shared> shared() {
        var there = new HashSet<>(shared);
        there.removeIf(one -> !mirror.entries.get(one.set()).containsKey(one.key()));
        return Set.copyOf(there);
    }

    List<ChainSpec> chains() {
        return List.copyOf(chains.values());
    }

    /** Names. */
    Set<String> sets() {
        var own = new HashSet<>(sets);
        own.retainAll(mirror.ownSets);
        return Set.copyOf(own);
    }
}
