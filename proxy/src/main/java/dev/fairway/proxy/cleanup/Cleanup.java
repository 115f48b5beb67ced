package dev.fairway.proxy.cleanup;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.proxy.iptables.CommandRunner;
import dev.fairway.proxy.iptables.NamespaceCommands;
import dev.fairway.proxy.nftables.NftablesDataplane;
import dev.fairway.proxy.nftables.RemovableObjects;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Removes the rules of a mode from one network namespace, whichever proxy made them. */
public final class Cleanup {
    private static final System.Logger LOG = System.getLogger(Cleanup.class.getName());
    private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(5);
    private static final List<String> PROGRAMS = List.of("iptables", "ip6tables");
    private static final List<String> LOCK = List.of("-w", "5", "-W", "100000");

    private static final String KUBE_PROXY_TABLE = "kube-proxy";

    /** The tables of kube-proxy's mode nftables, and of Fairway's. */
    private static final Set<String> NFT_TABLES = Set.of(KUBE_PROXY_TABLE, NftablesDataplane.TABLE);

    private final Optional<NetworkNamespace> namespace;
    private final CommandRunner commands;

    /** @param namespace empty for the process's own */
    public Cleanup(Optional<NetworkNamespace> namespace) {
        this.namespace = namespace;
        this.commands = new NamespaceCommands(namespace, COMMAND_TIMEOUT);
    }

    /**
     * Removes all rules of mode iptables. Tools that are not installed are passed over: without them there are no rules.
     *
     * @return whether there was anything
     * @throws IOException if some of it could not be removed
     */
    public boolean iptables() throws IOException {
        boolean found = false;
        for (String program : PROGRAMS) {
            List<IptablesLeftovers> leftovers = find(program);
            for (IptablesLeftovers table : leftovers) {
                found = true;
                LOG.log(Level.INFO, "{0}: removing {1} chains and {2} jumps from table {3}", program,
                        table.chains().size(), table.jumps().size(), table.table());
                for (String input : table.removal()) {
                    restore(program, input);
                }
            }
        }
        return found;
    }

    private List<IptablesLeftovers> find(String program) throws IOException {
        List<IptablesLeftovers> found = new ArrayList<>();
        try {
            run(List.of(program + "-save"), "",
                    output -> found.addAll(IptablesLeftovers.find(output.lines())));
        } catch (IOException e) {
            if (missing(program)) {
                LOG.log(Level.DEBUG, "{0} is not installed", program);
                return List.of();
            }
            throw e;
        }
        return found;
    }

    private boolean missing(String program) {
        try {
            return !commands.run(List.of(program + "-save", "--version"), "", BufferedReader::lines).succeeded();
        } catch (IOException e) {
            return true;
        }
    }

    private void restore(String program, String input) throws IOException {
        List<String> command = new ArrayList<>(List.of(program + "-restore"));
        command.addAll(LOCK);
        command.add("--noflush");
        run(command, input, output -> output.lines().forEach(line -> { }));
    }

    private void run(List<String> command, String input, CommandRunner.OutputReader output) throws IOException {
        CommandRunner.Outcome outcome = commands.run(command, input, output);
        if (!outcome.succeeded()) {
            throw new IOException(command.getFirst() + " ended with " + outcome.exitCode() + ": " + outcome.errors().strip());
        }
    }

    /**
     * Removes all rules of mode nftables.
     *
     * @return whether there was anything
     * @throws IOException if some of it could not be removed
     */
    public boolean nftables() throws IOException {
        return removeTables(NFT_TABLES);
    }

    /**
     * Removes the rules of kube-proxy's mode nftables, and none of Fairway's.
     *
     * @return whether there was anything
     * @throws IOException if some of it could not be removed
     */
    public boolean kubeProxyNftables() throws IOException {
        return removeTables(Set.of(KUBE_PROXY_TABLE));
    }

    /** A large table goes in pieces, since a transaction stops all other work on the ruleset. */
    private boolean removeTables(Set<String> names) throws IOException {
        boolean found = false;
        try (Nftables nftables = namespace.isPresent() ? Nftables.open(namespace.get()) : Nftables.open()) {
            for (Table table : nftables.tables()) {
                if (names.contains(table.name()) && (table.family() == Family.IP || table.family() == Family.IP6)) {
                    found = true;
                    LOG.log(Level.INFO, "removing table {0}", table);
                    RemovableObjects.of(nftables, table).remove(nftables);
                    nftables.commit(new NftBatch().delete(table));
                }
            }
        }
        return found;
    }
}
