package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.proxy.model.IpFamily;
import java.util.EnumMap;
import java.util.Map;

/**
 * The table and its sets in one address family.
 *
 * @param table of a name of its own: while one proxy takes over from the other, the tables of both are in force
 */
record Layout(IpFamily family, Table table, Map<SetId, NftSet> sets) {
    static Layout of(IpFamily family) {
        var table = new Table(nft(family), NftablesDataplane.TABLE, "rules for Kubernetes Services, kept by Fairway");
        var sets = new EnumMap<SetId, NftSet>(SetId.class);
        for (var id : SetId.values()) {
            sets.put(id, id.define(table, family));
        }
        return new Layout(family, table, sets);
    }

    NftSet set(SetId id) {
        return sets.get(id);
    }

    static Family nft(IpFamily family) {
        return switch (family) {
            case IPV4 -> Family.IP;
            case IPV6 -> Family.IP6;
        };
    }
}
