package dev.fairway.testkit.nftables;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.DataType;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.Hook;
import dev.fairway.netlink.nftables.NamedCounter;
import dev.fairway.netlink.nftables.NftBatch;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.netlink.nftables.Register;
import dev.fairway.netlink.nftables.Rule;
import dev.fairway.netlink.nftables.SetElement;
import dev.fairway.netlink.nftables.SetField;
import dev.fairway.netlink.nftables.Table;
import dev.fairway.netlink.nftables.Verdict;
import dev.fairway.netlink.nftables.expr.Cmp;
import dev.fairway.netlink.nftables.expr.Counter;
import dev.fairway.netlink.nftables.expr.Dynset;
import dev.fairway.netlink.nftables.expr.Expression;
import dev.fairway.netlink.nftables.expr.Immediate;
import dev.fairway.netlink.nftables.expr.Lookup;
import dev.fairway.netlink.nftables.expr.Masq;
import dev.fairway.netlink.nftables.expr.Meta;
import dev.fairway.netlink.nftables.expr.Nat;
import dev.fairway.netlink.nftables.expr.Numgen;
import dev.fairway.netlink.nftables.expr.Objref;
import dev.fairway.netlink.nftables.expr.Payload;
import dev.fairway.netlink.nftables.expr.Reject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Batches of a few changes to a few objects, so that many of them refer to what is not there, or is in use. */
final class RandomBatch {
    private static final int CHAINS = 6;
    private final Random random;
    private boolean first = true;

    RandomBatch(long seed) {
        random = new Random(seed);
    }

    /** Builds the same batch twice, since one is committed once. */
    List<NftBatch> next() {
        long seed = random.nextLong();
        var batches = new ArrayList<NftBatch>();
        for (int i = 0; i < 2; i++) {
            var same = new Random(seed);
            var batch = new NftBatch();
            if (first) {
                tables().forEach(batch::add);
            }
            for (int k = same.nextInt(4); k >= 0; k--) {
                change(batch, same);
            }
            batches.add(batch);
        }
        first = false;
        return batches;
    }

    static List<Table> tables() {
        return List.of(new Table(Family.IP, "one", "the first"), new Table(Family.IP6, "one"));
    }

    private static void change(NftBatch batch, Random random) {
        var table = tables().get(random.nextInt(4) == 0 ? 1 : 0);
        switch (random.nextInt(24)) {
            case 0, 1 -> batch.add(table);
            case 2 -> batch.add(table).delete(table).add(table);
            case 3, 4, 5 -> batch.add(chain(table, random));
            case 6 -> batch.delete(chain(table, random));
            case 7 -> batch.flush(chain(table, random));
            case 8, 9, 10 -> batch.append(rule(table, random));
            case 11 -> batch.insert(rule(table, random));
            case 12, 13, 14 -> batch.add(set(table, random));
            case 15 -> batch.delete(set(table, random));
            case 16 -> batch.flush(set(table, random));
            case 17, 18, 19, 20 -> {
                var set = set(table, random);
                batch.add(set, elements(set, random));
            }
            case 21 -> {
                var set = set(table, random);
                batch.delete(set, elements(set, random));
            }
            case 22 -> batch.add(new NamedCounter(table, "hits"));
            default -> batch.delete(new NamedCounter(table, "hits"));
        }
    }

    /** The first three have hooks; now and then one is asked for as what it is not. */
    private static Chain chain(Table table, Random random) {
        int number = random.nextInt(CHAINS);
        int as = random.nextInt(15) == 0 ? random.nextInt(CHAINS) : number;
        var name = "c" + number;
        return switch (as) {
            case 0 -> Chain.base(table, name, new Hook(Hook.Type.FILTER, Hook.Point.INPUT, 0));
            case 1 -> Chain.base(table, name, new Hook(Hook.Type.NAT, Hook.Point.PREROUTING, Hook.PRIORITY_DSTNAT));
            case 2 -> Chain.base(table, name, new Hook(Hook.Type.NAT, Hook.Point.POSTROUTING, Hook.PRIORITY_SRCNAT));
            default -> Chain.regular(table, name).comment(number == 4 ? "the fourth" : "");
        };
    }

    private static Rule rule(Table table, Random random) {
        var steps = new ArrayList<Expression>();
        boolean ip = table.family() == Family.IP;
        var source = ip ? Payload.ipSaddr(Register.R1) : Payload.ip6Saddr(Register.R1);
        switch (random.nextInt(11)) {
            case 0 -> steps.add(Immediate.of(Verdict.jump("c" + random.nextInt(CHAINS))));
            case 1 -> steps.add(Immediate.of(Verdict.goTo("c" + random.nextInt(CHAINS))));
            case 2 -> {
                steps.add(source);
                steps.add(Lookup.in("plain", Register.R1));
                steps.add(new Counter());
                steps.add(Immediate.of(Verdict.DROP));
            }
            case 3 -> {
                steps.add(source);
                steps.add(Lookup.map("verdicts", Register.R1, Register.VERDICT));
            }
            case 4 -> {
                steps.add(source);
                steps.add(Dynset.update("clients", Register.R1, 0));
            }
            case 5 -> steps.add(ip ? Reject.ipPortUnreachable() : Reject.ip6PortUnreachable());
            case 6 -> steps.add(new Masq(Nat.FULLY_RANDOM));
            case 7 -> {
                steps.add(new Objref(Objref.COUNTER, "hits"));
                steps.add(Immediate.of(Verdict.ACCEPT));
            }
            case 8 -> {
                steps.add(Numgen.random(3, Register.R1));
                steps.add(Cmp.equal(Register.R1, Bytes.u32(random.nextInt(3))));
                steps.add(Immediate.of(Verdict.RETURN));
            }
            case 9 -> {
                steps.add(Meta.load(Meta.L4PROTO, Register.R1));
                steps.add(Cmp.equal(Register.R1, Bytes.u8(6)));
                steps.add(Payload.thDport(Register.R1));
                steps.add(Lookup.notIn("ports", Register.R1));
                steps.add(Immediate.of(Verdict.ACCEPT));
            }
            default -> steps.add(new Counter());
        }
        return Rule.of(chain(table, random), steps).comment(random.nextInt(3) == 0 ? "rule " + random.nextInt(9) : "");
    }

    private static NftSet set(Table table, Random random) {
        var address = SetField.of(table.family() == Family.IP ? DataType.IPV4_ADDR : DataType.IPV6_ADDR);
        return switch (random.nextInt(6)) {
            case 0 -> NftSet.set(table, "plain", address).comment("addresses");
            case 1 -> NftSet.verdictMap(table, "verdicts", address);
            case 2 -> NftSet.set(table, "clients", address).flags(NftSet.Flag.DYNAMIC).timeout(Duration.ofHours(1)).size(4);
            case 3 -> NftSet.set(table, "ranges", SetField.of(DataType.INET_PROTO), SetField.of(DataType.INET_SERVICE))
                    .flags(NftSet.Flag.INTERVAL);
            case 4 -> NftSet.map(table, "marks", List.of(SetField.of(DataType.INET_SERVICE)),
                    List.of(SetField.of(DataType.MARK)));
            // Now and then it is asked for as another kind than it is.
            default -> NftSet.set(table, "ports", random.nextInt(9) == 0 ? address : SetField.of(DataType.INET_SERVICE));
        };
    }

    private static List<SetElement> elements(NftSet set, Random random) {
        var elements = new ArrayList<SetElement>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            var address = new byte[set.table().family() == Family.IP ? 4 : 16];
            address[0] = 10;
            address[address.length - 1] = (byte) random.nextInt(6);
            int port = 80 + random.nextInt(5);
            elements.add(switch (set.name()) {
                case "verdicts" -> SetElement.of(Bytes.of(address), Verdict.goTo("c" + random.nextInt(CHAINS)))
                        .comment(random.nextBoolean() ? "shop/web" : "");
                case "ranges" -> SetElement.of(Bytes.concat(Bytes.u8(6), Bytes.be16(port)))
                        .to(Bytes.concat(Bytes.u8(random.nextInt(2) == 0 ? 6 : 17), Bytes.be16(port + random.nextInt(3))));
                case "marks" -> SetElement.of(Bytes.be16(port), Bytes.u32(random.nextInt(2)));
                case "ports" -> SetElement.of(Bytes.be16(port));
                default -> SetElement.of(Bytes.of(address));
            });
        }
        return elements;
    }
}
