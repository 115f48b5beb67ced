package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.NftSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that one Service needs.
 *
 * @param fronts by what clients connect to
 * @param shared elements that other Services may need too
 * @param chains its own, each after those that it sends packets to; only Services with affinity have some
 * @param sets its own; only Services with affinity have some
 */
record Wants(Map<FrontKey, Front> fronts, Set<Shared> shared, List<ChainSpec> chains, List<NftSet> sets) {
    static final Wants NOTHING = new Wants(Map.of(), Set.of(), List.of(), List.of());

    record Shared(SetId set, Bytes key) {
    }
}
