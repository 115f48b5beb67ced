package dev.fairway.proxy.check;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nfacct.Nfacct;
import dev.fairway.proxy.check.Finding.Need;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.proxy.iptables.CommandRunner;
import dev.fairway.proxy.iptables.NamespaceCommands;
import dev.fairway.proxy.model.IpFamily;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Tries what mode iptables writes, in a chain that nothing leads to and that its own transaction removes again. */
final class IptablesProbes {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Path XTABLES_LOCK = Path.of("/run/xtables.lock");
    private static final String CHAIN = "FAIRWAY-CHECK";
    private static final String COUNTER = "fairway-check";

    /** A rule that uses an extension; {@code $R} stands for the family's way to reject, {@code $A} for an address. */
    private record Probe(String table, String rule) {
        String append(IpFamily family) {
            String reject = family == IpFamily.IPV4 ? "icmp-port-unreachable" : "icmp6-port-unreachable";
            String address = family == IpFamily.IPV4 ? "192.0.2.1:80" : "[2001:db8::1]:80";
            return "-A " + CHAIN + " " + rule.replace("$R", reject).replace("$A", address) + "\n";
        }
    }

    private static String input(IpFamily family, Collection<Probe> probes) {
        StringBuilder input = new StringBuilder();
        probes.stream().collect(Collectors.groupingBy(Probe::table)).forEach((table, own) -> {
            input.append("*").append(table).append("\n:").append(CHAIN).append(" - [0:0]\n");
            own.forEach(probe -> input.append(probe.append(family)));
            input.append("-F ").append(CHAIN).append("\n-X ").append(CHAIN).append("\nCOMMIT\n");
        });
        return input.toString();
    }

    private static final Map<String, Probe> NEEDED = needed();
    private static final Probe COUNTING = new Probe("filter", "-m nfacct --nfacct-name " + COUNTER);

    private final Optional<NetworkNamespace> namespace;
    private final Set<IpFamily> families;
    private final CommandRunner commands;

    IptablesProbes(Optional<NetworkNamespace> namespace, Set<IpFamily> families) {
        this.namespace = namespace;
        this.families = families;
        this.commands = new NamespaceCommands(namespace, TIMEOUT);
    }

    private static Map<String, Probe> needed() {
        Map<String, Probe> probes = new LinkedHashMap<>();
        probes.put("-m comment", new Probe("nat", "-m comment --comment \"ns/name:port\" -j RETURN"));
        probes.put("-m statistic", new Probe("nat", "-m statistic --mode random --probability 0.5 -j RETURN"));
        probes.put("-m recent", new Probe("nat", "-m recent --name " + CHAIN + " --rcheck --seconds 10800 --reap --rsource"));
        probes.put("-m addrtype", new Probe("nat", "-m addrtype --dst-type LOCAL -j RETURN"));
        probes.put("-m mark, -j MARK", new Probe("nat", "-m mark ! --mark 0x4000/0x4000 -j MARK --set-xmark 0x4000/0x4000"));
        probes.put("-j DNAT", new Probe("nat", "-p tcp -m tcp -j DNAT --to-destination $A"));
        probes.put("-j MASQUERADE", new Probe("nat", "-j MASQUERADE --random-fully"));
        probes.put("-m conntrack", new Probe("filter", "-m conntrack --ctstate INVALID -j DROP"));
        probes.put("-j REJECT", new Probe("filter", "-j REJECT --reject-with $R"));
        return probes;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        Optional<String> version = version();
        findings.add(finding(Need.NEEDED, "the iptables command", version.isPresent(), version.orElse("not installed")));
        if (version.isEmpty()) {
            return findings;
        }
        findings.add(lock(!version.get().contains("nf_tables")));
        try (EmptyTables _ = EmptyTables.remember(namespace)) {
            boolean all = refusal(NEEDED.values()).isEmpty();
            NEEDED.forEach((feature, probe) -> findings.add(finding(Need.NEEDED, "iptables " + feature,
                    all ? Optional.empty() : refusal(List.of(probe)))));
            findings.add(counting());
        } catch (IOException e) {
            findings.add(finding(Need.USEFUL, "nf_tables over netlink, to hear of others' changes", false, e.getMessage()));
        }
        return findings;
    }

    private Optional<String> version() {
        StringBuilder text = new StringBuilder();
        try {
            CommandRunner.Outcome outcome = commands.run(List.of("iptables", "--version"), "",
                    (BufferedReader output) -> output.lines().forEach(text::append));
            return outcome.succeeded() ? Optional.of(text.toString()) : Optional.empty();
        } catch (IOException missing) {
            return Optional.empty();
        }
    }

    private static Finding lock(boolean legacy) {
        if (!legacy) {
            return finding(Need.NEEDED, "the lock of iptables programs", true, "not used with nf_tables");
        }
        boolean writable = Files.exists(XTABLES_LOCK) ? Files.isWritable(XTABLES_LOCK) : Files.isWritable(XTABLES_LOCK.getParent());
        return finding(Need.NEEDED, "the lock of iptables programs", writable, XTABLES_LOCK.toString());
    }

    /** Empty if kernel and command took the rules, in every family. */
    private Optional<String> refusal(Collection<Probe> probes) {
        for (IpFamily family : families) {
            String program = switch (family) {
                case IPV4 -> "iptables-restore";
                case IPV6 -> "ip6tables-restore";
            };
            try {
                CommandRunner.Outcome outcome = commands.run(List.of(program, "-w", "5", "-W", "100000", "--noflush"),
                        input(family, probes), output -> output.lines().forEach(line -> { }));
                if (!outcome.succeeded()) {
                    return Optional.of(family + ": " + outcome.errors().lines()
                            .map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("refused"));
                }
            } catch (IOException e) {
                return Optional.of(e.getMessage());
            }
        }
        return Optional.empty();
    }

    private Finding counting() {
        String feature = "packet counters (nfacct)";
        try (Nfacct nfacct = namespace.isPresent() ? Nfacct.open(namespace.get()) : Nfacct.open()) {
            nfacct.create(COUNTER);
            try {
                return finding(Need.USEFUL, feature, refusal(List.of(COUNTING)));
            } finally {
                nfacct.delete(COUNTER);
            }
        } catch (IOException e) {
            return finding(Need.USEFUL, feature, false, e.getMessage());
        }
    }

    private static Finding finding(Need need, String feature, Optional<String> refusal) {
        return finding(need, feature, refusal.isEmpty(), refusal.orElse(""));
    }

    private static Finding finding(Need need, String feature, boolean present, String detail) {
        return Finding.of(ProxyMode.IPTABLES, need, feature, present, detail);
    }
}
