package dev.fairway.proxy.check;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.Table;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Removes the tables that iptables makes whenever it is asked anything, unless they were there before or are in use. */
final class EmptyTables implements AutoCloseable {
    private static final Set<String> NAMES = Set.of("nat", "filter");

    private final Nftables nftables;
    private final List<String> before;

    private EmptyTables(Nftables nftables) throws IOException {
        this.nftables = nftables;
        this.before = nftables.tables().stream().map(Table::toString).toList();
    }

    static EmptyTables remember(Optional<NetworkNamespace> namespace) throws IOException {
        Nftables nftables = namespace.isPresent() ? Nftables.open(namespace.get()) : Nftables.open();
        try {
            return new EmptyTables(nftables);
        } catch (IOException e) {
            nftables.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try (nftables) {
            for (Table table : nftables.tables()) {
                boolean ours = NAMES.contains(table.name()) && (table.family() == Family.IP || table.family() == Family.IP6);
                if (ours && !before.contains(table.toString()) && nftables.rules(table).isEmpty()) {
                    nftables.commit(new NftBatch().delete(table));
                }
            }
        }
    }
}
