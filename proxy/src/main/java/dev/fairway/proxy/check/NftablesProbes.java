package dev.fairway.proxy.check;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.DataType;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.Hook;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.netlink.nftables.Register;
import dev.fairway.netlink.nftables.Rule;
import dev.fairway.netlink.nftables.SetField;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.netlink.nftables.expr.Cmp;
import dev.fairway.netlink.nftables.expr.Ct;
import dev.fairway.netlink.nftables.expr.Dynset;
import dev.fairway.netlink.nftables.expr.Expression;
import dev.fairway.netlink.nftables.expr.Fib;
import dev.fairway.netlink.nftables.expr.Immediate;
import dev.fairway.netlink.nftables.expr.Lookup;
import dev.fairway.netlink.nftables.expr.Masq;
import dev.fairway.netlink.nftables.expr.Meta;
import dev.fairway.netlink.nftables.expr.Nat;
import dev.fairway.netlink.nftables.expr.Numgen;
import dev.fairway.netlink.nftables.expr.Payload;
import dev.fairway.netlink.nftables.expr.Reject;
import dev.fairway.proxy.check.Finding.Need;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.proxy.model.IpFamily;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Tries what mode nftables writes: sets, maps and expressions, each in a table that its own transaction removes again. */
final class NftablesProbes {
    private static final String TABLE = "fairway-check-" + ProcessHandle.current().pid();
    private static final Duration CLIENT_MEMORY = Duration.ofHours(3);

    /** Puts a feature's objects into a batch. */
    private interface Probe {
        void put(Kit kit, NftBatch batch);
    }

    private static final Map<String, Probe> PROBES = probes();

    private final Optional<NetworkNamespace> namespace;
    private final Set<IpFamily> families;

    NftablesProbes(Optional<NetworkNamespace> namespace, Set<IpFamily> families) {
        this.namespace = namespace;
        this.families = families;
    }

    /** The objects of one address family. */
    private record Kit(Family family, Table table, Chain chain, String set) {
        /** @param number of the probe, so that several can be tried in one transaction */
        static Kit of(IpFamily ip, int number) {
            Family family = switch (ip) {
                case IPV4 -> Family.IP;
                case IPV6 -> Family.IP6;
            };
            Table table = new Table(family, TABLE);
            return new Kit(family, table, Chain.regular(table, "probe"), "probe-" + number);
        }

        private int addressBytes() {
            return family == Family.IP ? 4 : 16;
        }

        SetField address() {
            return SetField.of(family == Family.IP ? DataType.IPV4_ADDR : DataType.IPV6_ADDR);
        }

        SetField destination() {
            return family == Family.IP ? SetField.ipDaddr() : SetField.ip6Daddr();
        }

        Payload loadSource() {
            return family == Family.IP ? Payload.ipSaddr(Register.at(0)) : Payload.ip6Saddr(Register.at(0));
        }

        /** Address, protocol and port, in the registers that a lookup takes them from. */
        List<Expression> loadFrontend() {
            Payload address = family == Family.IP ? Payload.ipDaddr(Register.at(0)) : Payload.ip6Daddr(Register.at(0));
            return List.of(address, Meta.load(Meta.L4PROTO, Register.at(addressBytes())),
                    Payload.thDport(Register.at(addressBytes() + 4)));
        }

        Rule rule(Expression... expressions) {
            return Rule.of(chain, expressions);
        }

        Rule rule(List<Expression> first, Expression... more) {
            List<Expression> all = new ArrayList<>(first);
            all.addAll(List.of(more));
            return Rule.of(chain, all);
        }
    }

    private static Map<String, Probe> probes() {
        Map<String, Probe> probes = new LinkedHashMap<>();
        probes.put("verdict maps of address, protocol and port", (kit, batch) -> batch
                .add(NftSet.verdictMap(kit.table(), kit.set(), kit.address(), SetField.of(DataType.INET_PROTO),
                        SetField.of(DataType.INET_SERVICE)))
                .append(kit.rule(kit.loadFrontend(), Lookup.map(kit.set(), Register.R1, Register.VERDICT))));
        probes.put("ranges in sets of several fields", (kit, batch) -> batch
                .add(NftSet.set(kit.table(), kit.set(), kit.address(), SetField.of(DataType.INET_PROTO),
                        SetField.of(DataType.INET_SERVICE), kit.address()).flags(NftSet.Flag.INTERVAL)));
        probes.put("random numbers as part of a key (numgen)", (kit, batch) -> {
            int after = kit.addressBytes() + 8;
            batch.add(NftSet.map(kit.table(), kit.set(),
                            List.of(kit.destination(), SetField.l4proto(), SetField.thDport(), SetField.randomNumber()),
                            List.of(kit.destination(), SetField.thDport())))
                    .append(kit.rule(kit.loadFrontend(), Numgen.random(2, Register.at(after)),
                            Lookup.map(kit.set(), Register.R1, Register.R1)));
        });
        probes.put("sets that rules write, with timeouts", (kit, batch) -> batch
                .add(NftSet.set(kit.table(), kit.set(), kit.address()).flags(NftSet.Flag.DYNAMIC).timeout(CLIENT_MEMORY))
                .append(kit.rule(kit.loadSource(), Dynset.update(kit.set(), Register.R1, 0))));
        probes.put("address types (fib)", (kit, batch) -> batch
                .append(kit.rule(new Fib(Register.R1, Fib.ADDRTYPE, Fib.DADDR), Cmp.equal(Register.R1, Bytes.u32(Fib.RTN_LOCAL)))));
        probes.put("connection states and packet marks", (kit, batch) -> batch
                .append(kit.rule(Ct.load(Ct.STATE, Register.R1), Meta.load(Meta.MARK, Register.R1),
                        Meta.set(Meta.MARK, Register.R1))));
        probes.put("rejects", (kit, batch) -> batch
                .append(kit.rule(kit.family() == Family.IP ? Reject.ipPortUnreachable() : Reject.ip6PortUnreachable())));
        probes.put("address translation", (kit, batch) -> {
            Chain before = Chain.base(kit.table(), "before", new Hook(Hook.Type.NAT, Hook.Point.PREROUTING, Hook.PRIORITY_DSTNAT));
            Chain after = Chain.base(kit.table(), "after", new Hook(Hook.Type.NAT, Hook.Point.POSTROUTING, Hook.PRIORITY_SRCNAT));
            // A mark that no packet has: the rules are in force for no moment, and would do nothing if they were.
            Expression mark = Meta.load(Meta.MARK, Register.R1);
            Expression never = Cmp.equal(Register.R1, Bytes.u32(-1));
            batch.add(before).add(after)
                    .append(Rule.of(before, mark, never, Immediate.of(Register.R1, Bytes.of(new byte[kit.addressBytes()])),
                            Nat.dnat(kit.family(), Register.R1, Register.R1)))
                    .append(Rule.of(after, mark, never, new Masq(Nat.FULLY_RANDOM)));
        });
        return probes;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        try (Nftables nftables = namespace.isPresent() ? Nftables.open(namespace.get()) : Nftables.open()) {
            int generation = nftables.generation();
            findings.add(new Finding("nf_tables over netlink",
                    Map.of(ProxyMode.NFTABLES, Need.NEEDED), true, "generation " + Integer.toUnsignedString(generation)));
            boolean all = families.stream().allMatch(family -> attempt(nftables, family, PROBES.values()).isEmpty());
            PROBES.forEach((feature, probe) -> findings.add(all
                    ? finding(feature, true, "")
                    : alone(feature, family -> attempt(nftables, family, List.of(probe)))));
        } catch (IOException e) {
            findings.add(finding("nf_tables over netlink", false, e.getMessage()));
        }
        return findings;
    }

    private Finding alone(String feature, Function<IpFamily, Optional<String>> attempt) {
        for (IpFamily family : families) {
            Optional<String> why = attempt.apply(family);
            if (why.isPresent()) {
                return finding(feature, false, family + ": " + why.get());
            }
        }
        return finding(feature, true, "");
    }

    /** Empty if the kernel took everything. */
    private static Optional<String> attempt(Nftables nftables, IpFamily family, Collection<Probe> probes) {
        Kit first = Kit.of(family, 0);
        NftBatch batch = new NftBatch().add(first.table()).add(first.chain());
        int number = 0;
        for (Probe probe : probes) {
            probe.put(Kit.of(family, number++), batch);
        }
        batch.delete(first.table());
        try {
            nftables.commit(batch);
            return Optional.empty();
        } catch (IOException refused) {
            return Optional.of(refused.getMessage());
        }
    }

    private static Finding finding(String feature, boolean present, String detail) {
        return Finding.of(ProxyMode.NFTABLES, Need.NEEDED, feature, present, detail);
    }
}
