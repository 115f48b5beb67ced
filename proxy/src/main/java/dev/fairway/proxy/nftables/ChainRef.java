package dev.fairway.proxy.nftables;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * A chain that serves all Services of a kind whose endpoints have a capacity in common.
 *
 * @param capacity of {@link Slots}, a power of two
 */
record ChainRef(Kind kind, int capacity) {
    /** The kinds, by what packets come for. */
    enum Kind {
        CLUSTER_IP("cluster-ip", ListKind.SERVICE),
        EXTERNAL("external", ListKind.SERVICE),
        EXTERNAL_LOCAL("external-local", ListKind.SERVICE),
        NODE_PORT("nodeport", ListKind.NODE_PORT),
        NODE_PORT_LOCAL("nodeport-local", ListKind.NODE_PORT),
        DRAW_SERVICE("draw-service", ListKind.SERVICE),
        DRAW_SERVICE_FROM_NODE("draw-service-from-node", ListKind.SERVICE_FROM_NODE),
        DRAW_NODE_PORT("draw-nodeport", ListKind.NODE_PORT),
        DRAW_NODE_PORT_FROM_NODE("draw-nodeport-from-node", ListKind.NODE_PORT_FROM_NODE);

        private final String prefix;
        private final ListKind list;

        Kind(String prefix, ListKind list) {
            this.prefix = prefix;
            this.list = list;
        }

        /** Whether the chain does nothing but draw an endpoint. */
        boolean draws() {
            return ordinal() >= DRAW_SERVICE.ordinal();
        }

        ListKind list() {
            return list;
        }

        static Kind drawing(ListKind list) {
            return switch (list) {
                case SERVICE -> DRAW_SERVICE;
                case SERVICE_FROM_NODE -> DRAW_SERVICE_FROM_NODE;
                case NODE_PORT -> DRAW_NODE_PORT;
                case NODE_PORT_FROM_NODE -> DRAW_NODE_PORT_FROM_NODE;
            };
        }
    }

    /** As nft lists it: {@code cluster-ip-8}. */
    String name() {
        return kind.prefix + "-" + capacity;
    }

    /** The chain that this one hands packets to, to draw an endpoint. */
    Optional<ChainRef> next() {
        return kind.draws() ? Optional.empty() : Optional.of(new ChainRef(Kind.drawing(kind.list), capacity));
    }

    /**
     * This drawing chain and those that its Services may need next, up to the double of its capacity. They are made
     * together, because the kernel looks through a whole map when a chain begins to use it: at the start it is empty.
     */
    Stream<ChainRef> family() {
        return Stream.iterate(1, size -> size <= 2 * capacity, size -> 2 * size).map(size -> new ChainRef(kind, size));
    }

    /** The chain of a name; empty if it is none of these. */
    static Optional<ChainRef> parse(String name) {
        int dash = name.lastIndexOf('-');
        if (dash < 0 || !name.substring(dash + 1).matches("[1-9][0-9]{0,8}")) {
            return Optional.empty();
        }
        int capacity = Integer.parseInt(name.substring(dash + 1));
        for (var kind : Kind.values()) {
            if (kind.prefix.equals(name.substring(0, dash)) && Integer.bitCount(capacity) == 1) {
                return Optional.of(new ChainRef(kind, capacity));
            }
        }
        return Optional.empty();
    }
}
