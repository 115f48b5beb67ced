package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Gatherers;

/**
 * Chains and sets of one table that are to go.
 *
 * @param sets names
 */
public record RemovableObjects(Table table, List<Chain> chains, List<String> sets) {
    private static final int CHAINS_PER_BATCH = 2000;

    /** All that a table holds. */
    public static RemovableObjects of(Nftables nftables, Table table) throws IOException {
        return new RemovableObjects(table, nftables.chains(table),
                nftables.sets(table).stream().filter(set -> !set.isAnonymous()).map(NftSet.Listed::name).toList());
    }

    static RemovableObjects none(Table table) {
        return new RemovableObjects(table, List.of(), List.of());
    }

    public boolean isEmpty() {
        return chains.isEmpty() && sets.isEmpty();
    }

    /**
     * Takes everything away: first the base chains, with which all the rest goes out of force at once, then what they led
     * to, in pieces that do not hold the kernel for long.
     *
     * @return how many transactions that took
     */
    public int remove(Nftables nftables) throws IOException {
        var batches = new ArrayList<NftBatch>();
        var hooks = new NftBatch();
        var base = chains.stream().filter(chain -> chain.hook().isPresent()).toList();
        base.forEach(hooks::flush);
        base.forEach(hooks::delete);
        batches.add(hooks);
        var others = chains.stream().filter(chain -> chain.hook().isEmpty()).toList();
        for (var piece : pieces(others)) {
            var batch = new NftBatch();
            piece.forEach(batch::flush);
            batches.add(batch);
        }
        var maps = new NftBatch();
        sets.forEach(name -> maps.deleteSet(table, name));
        batches.add(maps);
        for (var piece : pieces(others)) {
            var batch = new NftBatch();
            piece.forEach(batch::delete);
            batches.add(batch);
        }
        batches.removeIf(NftBatch::isEmpty);
        for (var batch : batches) {
            nftables.commit(batch);
        }
        return batches.size();
    }

    private static List<List<Chain>> pieces(List<Chain> chains) {
        return chains.stream().gather(Gatherers.windowFixed(CHAINS_PER_BATCH)).toList();
    }
}
