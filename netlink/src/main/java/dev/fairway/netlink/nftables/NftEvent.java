package dev.fairway.netlink.nftables;

/**
 * A change of the ruleset, as the kernel tells it after the commit.
 *
 * @param portId of the socket that made the change ({@link Nftables#portId})
 */
public sealed interface NftEvent {
    int portId();

    /**
     * Something of a table was added, changed or deleted.
     *
     * @param kind what
     * @param added false if it was deleted
     * @param name of the table, chain, set or counter; of its chain for a rule, of its set for elements
     */
    record Changed(int portId, Kind kind, boolean added, Table table, String name) implements NftEvent {
    }

    /** The end of a commit, and the generation that it made ({@code NFT_MSG_NEWGEN}). */
    record Generation(int portId, int generation) implements NftEvent {
    }

    enum Kind { TABLE, CHAIN, RULE, SET, ELEMENTS, OBJECT, OTHER }
}
