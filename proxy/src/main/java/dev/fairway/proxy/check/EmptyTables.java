package dev.fairway.proxy.check;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.NftCommitException;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.Table;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Removes the tables that iptables makes whenever it is asked anything, unless they were there before or are in use. The
 * kernel refuses a removal if anybody has changed rules since the table was found unused; then it stays.
 */
final class EmptyTables implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EmptyTables.class.getName());
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
                if (isOurs(table)) {
                    int generation = nftables.generation();
                    if (isUnused(table)) {
                        remove(table, generation);
                    }
                }
            }
        }
    }

    private boolean isOurs(Table table) {
        return NAMES.contains(table.name()) && (table.family() == Family.IP || table.family() == Family.IP6)
                && !before.contains(table.toString());
    }

    private boolean isUnused(Table table) throws IOException {
        return nftables.rules(table).isEmpty()
                && nftables.chains(table).stream().allMatch(chain -> chain.hook().isPresent());
    }

    private void remove(Table table, int generation) throws IOException {
        try {
            nftables.commit(new NftBatch().delete(table), generation);
        } catch (NftCommitException refused) {
            if (!refused.isStale()) {
                throw refused;
            }
            LOG.log(Level.DEBUG, "table {0} stays: somebody uses it by now", table);
        }
    }
}
