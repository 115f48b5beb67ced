package dev.fairway.proxy.nftables;

import dev.fairway.proxy.model.IpCidr;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one address or node port of one Service port needs.
 *
 * @param comment which Service it is, for people who read the listing
 * @param ways where verdict maps send its packets
 * @param lists its numbered endpoints
 * @param memberOf the sets that the key itself is in
 * @param sources who may use it; empty for everybody
 */
record Front(String comment, Map<SetId, Way> ways, Map<ListKind, List<Slots.Target>> lists, Set<SetId> memberOf,
        List<IpCidr> sources) {

    /** Where a verdict map sends a packet. */
    sealed interface Way {
        /** To the chain of the capacity that its list has. */
        record ByCapacity(ChainRef.Kind kind) implements Way {
        }

        /** To a chain of its own. */
        record ToChain(String name) implements Way {
        }
    }
}
