package dev.fairway.netlink.nftables;

import java.util.List;

/**
 * A change of the ruleset, as the kernel tells it after the commit.
 *
 * @param portId of the socket that made the change ({@link Nftables#portId})
 */
public sealed interface NftEvent {
    int portId();

    /**
     * A table, chain, rule, set or object was added, changed or deleted.
     *
     * @param added false if it was deleted
     * @param name of the table, chain, set or counter; of its chain for a rule
     */
    record Changed(int portId, Kind kind, boolean added, Table table, String name) implements NftEvent {
    }

    /**
     * Elements were added to a set or deleted from it.
     *
     * @param added false if they were deleted
     */
    record Elements(int portId, boolean added, Table table, String set, List<SetElement.Listed> elements)
            implements NftEvent {
    }

    /** The end of a commit, and the generation that it made ({@code NFT_MSG_NEWGEN}). */
    record Generation(int portId, int generation) implements NftEvent {
    }

    enum Kind { TABLE, CHAIN, RULE, SET, OBJECT, OTHER }
}
