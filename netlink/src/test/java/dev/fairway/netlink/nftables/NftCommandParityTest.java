package dev.fairway.netlink.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.netlink.Scratch;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.expr.*;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The nft command reads what we write, and writes what we would write. */
class NftCommandParityTest {
    private static final Table TABLE = new Table(Family.IP, "fairway", "made by a test");
    private final Scratch scratch = new Scratch();
    private NetworkNamespace namespace;
    private Nftables nftables;

    @BeforeEach
    void open() throws Exception {
        namespace = scratch.namespace();
        nftables = Nftables.open(namespace);
    }

    @AfterEach
    void close() throws Exception {
        nftables.close();
        scratch.close();
    }

    private String nft(String... arguments) throws Exception {
        var command = new java.util.ArrayList<>(List.of("nft"));
        command.addAll(List.of(arguments));
        return Scratch.run(namespace, command.toArray(String[]::new));
    }

    /** Lists with nft, feeds the list back through nft, and expects the same list and the same kernel objects. */
    private String roundTrip(Table table) throws Exception {
        var printed = nft("-s", "list", "ruleset");
        var ours = Snapshot.of(nftables, table);
        nft("-j", "list", "ruleset");
        nft("flush", "ruleset");
        var file = Files.createTempFile("ruleset", ".nft");
        try {
            Files.writeString(file, printed);
            nft("-f", file.toString());
        } finally {
            Files.delete(file);
        }
        assertEquals(printed, nft("-s", "list", "ruleset"));
        ours.assertSameAs(Snapshot.of(nftables, table));
        return printed;
    }

    private static Bytes address(String literal) {
        return Bytes.address(InetAddress.ofLiteral(literal));
    }

    @Test
    void serviceRuleset() throws Exception {
        var services = NftSet.verdictMap(TABLE, "services", SetField.of(DataType.IPV4_ADDR),
                SetField.of(DataType.INET_PROTO), SetField.of(DataType.INET_SERVICE)).comment("where Services go");
        var endpoints = NftSet.map(TABLE, "endpoints",
                List.of(SetField.ipDaddr(), SetField.l4proto(), SetField.thDport(), SetField.randomNumber()),
                List.of(SetField.ipDaddr(), SetField.thDport()));
        var nodePorts = NftSet.verdictMap(TABLE, "nodeports", SetField.of(DataType.INET_PROTO),
                SetField.of(DataType.INET_SERVICE));
        var prerouting = Chain.base(TABLE, "prerouting",
                new Hook(Hook.Type.NAT, Hook.Point.PREROUTING, Hook.PRIORITY_DSTNAT));
        var two = Chain.regular(TABLE, "two").comment("two endpoints");
        var batch = new NftBatch().add(TABLE).add(services).add(endpoints).add(nodePorts).add(prerouting).add(two);
        batch.append(Rule.of(prerouting, Payload.ipDaddr(Register.at(0)), Meta.load(Meta.L4PROTO, Register.at(4)),
                Payload.thDport(Register.at(8)), Lookup.map("services", Register.R1, Register.VERDICT)));
        batch.append(Rule.of(prerouting, new Fib(Register.R1, Fib.ADDRTYPE, Fib.DADDR),
                Cmp.equal(Register.R1, Bytes.u32(Fib.RTN_LOCAL)), Meta.load(Meta.L4PROTO, Register.at(0)),
                Payload.thDport(Register.at(4)), Lookup.map("nodeports", Register.R1, Register.VERDICT))
                .comment("node ports"));
        batch.append(Rule.of(two, Meta.load(Meta.MARK, Register.R1),
                new Bitwise(Register.R1, Register.R1, Bytes.u32(~0x4000), Bytes.u32(0x4000)),
                Meta.set(Meta.MARK, Register.R1)));
        batch.append(Rule.of(two, Payload.ipDaddr(Register.at(0)), Meta.load(Meta.L4PROTO, Register.at(4)),
                Payload.thDport(Register.at(8)), Numgen.random(2, Register.at(12)),
                Lookup.map("endpoints", Register.R1, Register.R1), Nat.dnat(Family.IP, Register.at(0), Register.at(4))));
        batch.add(services, List.of(SetElement.of(Bytes.concat(address("10.96.0.10"), Bytes.u8(6), Bytes.be16(80)),
                Verdict.goTo("two")).comment("shop/web:http")));
        batch.add(endpoints, List.of(
                SetElement.of(Bytes.concat(address("10.96.0.10"), Bytes.u8(6), Bytes.be16(80), Bytes.u32(0)),
                        Bytes.concat(address("10.180.0.11"), Bytes.be16(8080))),
                SetElement.of(Bytes.concat(address("10.96.0.10"), Bytes.u8(6), Bytes.be16(80), Bytes.u32(1)),
                        Bytes.concat(address("10.180.1.12"), Bytes.be16(8080)))));
        nftables.commit(batch);
        var printed = roundTrip(TABLE);
        assertEquals("""
                table ip fairway {
                \tcomment "made by a test"
                \tmap services {
                \t\ttype ipv4_addr . inet_proto . inet_service : verdict
                \t\tcomment "where Services go"
                \t\telements = { 10.96.0.10 . tcp . 80 comment "shop/web:http" : goto two }
                \t}

                \tmap endpoints {
                \t\ttypeof ip daddr . meta l4proto . th dport . numgen random mod 2 : ip daddr . th dport
                \t\telements = { 10.96.0.10 . tcp . 80 . 0 : 10.180.0.11 . 8080,
                \t\t\t     10.96.0.10 . tcp . 80 . 1 : 10.180.1.12 . 8080 }
                \t}

                \tmap nodeports {
                \t\ttype inet_proto . inet_service : verdict
                \t}

                \tchain prerouting {
                \t\ttype nat hook prerouting priority dstnat; policy accept;
                \t\tip daddr . meta l4proto . th dport vmap @services
                \t\tfib daddr type local meta l4proto . th dport vmap @nodeports comment "node ports"
                \t}

                \tchain two {
                \t\tcomment "two endpoints"
                \t\tmeta mark set meta mark | 0x00004000
                \t\tdnat ip to ip daddr . meta l4proto . th dport . numgen random mod 2 map @endpoints
                \t}
                }
                """, printed);
    }

    @Test
    void setsOfEveryKind() throws Exception {
        var table = new Table(Family.IP6, "kinds");
        var plain = NftSet.set(table, "plain", SetField.of(DataType.IPV6_ADDR)).comment("a plain set");
        var ranges = NftSet.set(table, "ranges", SetField.of(DataType.IPV4_ADDR)).flags(NftSet.Flag.INTERVAL);
        var concatenated = NftSet.set(table, "concatenated", SetField.of(DataType.IPV4_ADDR),
                SetField.of(DataType.INET_SERVICE), SetField.of(DataType.IPV4_ADDR)).flags(NftSet.Flag.INTERVAL);
        var dynamic = NftSet.set(table, "clients", SetField.of(DataType.IPV6_ADDR)).flags(NftSet.Flag.DYNAMIC)
                .timeout(Duration.ofHours(3)).size(65_535);
        var marks = NftSet.map(table, "marks", List.of(SetField.of(DataType.INET_SERVICE)),
                List.of(SetField.of(DataType.MARK)));
        var interfaces = NftSet.set(table, "interfaces", SetField.of(DataType.IFNAME));
        nftables.commit(new NftBatch().add(table).add(plain).add(ranges).add(concatenated).add(dynamic).add(marks)
                .add(interfaces)
                .add(plain, List.of(SetElement.of(address("fd00::1")).comment("first"), SetElement.of(address("fd00::2"))))
                .add(ranges, List.of(SetElement.of(address("10.0.0.0")).to(address("10.255.255.255")).comment("ten"),
                        SetElement.of(address("192.0.2.7")),
                        SetElement.of(address("224.0.0.0")).to(address("255.255.255.255"))))
                .add(concatenated, List.of(
                        SetElement.of(Bytes.concat(address("192.0.2.1"), Bytes.be16(80), address("10.0.0.0")))
                                .to(Bytes.concat(address("192.0.2.1"), Bytes.be16(80), address("10.255.255.255"))),
                        SetElement.of(Bytes.concat(address("192.0.2.2"), Bytes.be16(81), address("10.0.0.1")))))
                .add(marks, List.of(SetElement.of(Bytes.be16(80), Bytes.u32(0x4000))))
                .add(interfaces, List.of(SetElement.of(Bytes.interfaceName("eth0")))));
        assertEquals("""
                table ip6 kinds {
                \tset plain {
                \t\ttype ipv6_addr
                \t\tcomment "a plain set"
                \t\telements = { fd00::1 comment "first",
                \t\t\t     fd00::2 }
                \t}

                \tset ranges {
                \t\ttype ipv4_addr
                \t\tflags interval
                \t\telements = { 10.0.0.0/8 comment "ten", 192.0.2.7,
                \t\t\t     224.0.0.0/3 }
                \t}

                \tset concatenated {
                \t\ttype ipv4_addr . inet_service . ipv4_addr
                \t\tflags interval
                \t\telements = { 192.0.2.1 . 80 . 10.0.0.0/8,
                \t\t\t     192.0.2.2 . 81 . 10.0.0.1 }
                \t}

                \tset clients {
                \t\ttype ipv6_addr
                \t\tsize 65535
                \t\tflags dynamic,timeout
                \t\ttimeout 3h
                \t}

                \tmap marks {
                \t\ttype inet_service : mark
                \t\telements = { 80 : 0x00004000 }
                \t}

                \tset interfaces {
                \t\ttype ifname
                \t\telements = { "eth0" }
                \t}
                }
                """, roundTrip(table));
    }

    @Test
    void expressionsOfEveryKind() throws Exception {
        var table = new Table(Family.IP, "expressions");
        var counter = new NamedCounter(table, "dropped");
        var seen = NftSet.set(table, "seen", SetField.of(DataType.IPV4_ADDR)).flags(NftSet.Flag.DYNAMIC)
                .timeout(Duration.ofSeconds(10)).size(100);
        var raw = Chain.base(table, "raw", new Hook(Hook.Type.FILTER, Hook.Point.PREROUTING, Hook.PRIORITY_RAW));
        var output = Chain.base(table, "output", new Hook(Hook.Type.NAT, Hook.Point.OUTPUT, Hook.PRIORITY_DSTNAT));
        var input = Chain.base(table, "input",
                new Hook(Hook.Type.FILTER, Hook.Point.INPUT, Hook.PRIORITY_FILTER, Verdict.DROP));
        var postrouting = Chain.base(table, "postrouting",
                new Hook(Hook.Type.NAT, Hook.Point.POSTROUTING, Hook.PRIORITY_SRCNAT));
        var other = Chain.regular(table, "other");
        nftables.commit(new NftBatch().add(table).add(counter).add(seen).add(raw).add(output).add(input).add(postrouting)
                .add(other)
                .append(Rule.of(raw, Payload.ipSaddr(Register.R1), Cmp.equal(Register.R1, address("192.0.2.1")),
                        new Notrack()))
                .append(Rule.of(output, Payload.ipDaddr(Register.R1), Cmp.equal(Register.R1, address("192.0.2.9")),
                        Immediate.of(Register.R1, address("127.0.0.1")),
                        new Nat(true, Family.IP, java.util.OptionalInt.of(Register.R1), java.util.OptionalInt.empty(), 0)))
                .append(Rule.of(input, Ct.load(Ct.STATE, Register.R1),
                        Bitwise.and(Register.R1, Bytes.u32(Ct.STATE_INVALID)), Cmp.notEqual(Register.R1, Bytes.u32(0)),
                        new Objref(Objref.COUNTER, "dropped"), Immediate.of(Verdict.DROP)))
                .append(Rule.of(input, Meta.load(Meta.IIFNAME, Register.R1),
                        Cmp.equal(Register.R1, Bytes.interfaceName("lo")), new Counter(), Immediate.of(Verdict.ACCEPT)))
                .append(Rule.of(input, Meta.load(Meta.L4PROTO, Register.R1), Cmp.equal(Register.R1, Bytes.u8(6)),
                        Payload.thDport(Register.R1), new Range(Register.R1, true, Bytes.be16(1000), Bytes.be16(2000)),
                        new Limit(10, 60, 5, Limit.PACKETS, false), new Log("hello ", 4)))
                .append(Rule.of(input, Meta.load(Meta.L4PROTO, Register.R1), Cmp.equal(Register.R1, Bytes.u8(6)),
                        new Reject(Reject.TCP_RST, 0)))
                .append(Rule.of(input, Payload.ipSaddr(Register.R1), Bitwise.and(Register.R1, address("255.240.0.0")),
                        Cmp.notEqual(Register.R1, address("172.16.0.0")), Immediate.of(Verdict.jump("other"))))
                .append(Rule.of(other, Payload.ipSaddr(Register.R1), Dynset.update("seen", Register.R1, 0)))
                .append(Rule.of(other, Reject.ipPortUnreachable()))
                .append(Rule.of(postrouting, Meta.load(Meta.MARK, Register.R1),
                        Bitwise.and(Register.R1, Bytes.u32(0x4000)), Cmp.equal(Register.R1, Bytes.u32(0)),
                        Immediate.of(Verdict.RETURN)))
                .append(Rule.of(postrouting, new Masq(Nat.FULLY_RANDOM)).comment("leaves with the node's address")));
        assertEquals("""
                table ip expressions {
                \tcounter dropped {
                \t}

                \tset seen {
                \t\ttype ipv4_addr
                \t\tsize 100
                \t\tflags dynamic,timeout
                \t\ttimeout 10s
                \t}

                \tchain raw {
                \t\ttype filter hook prerouting priority raw; policy accept;
                \t\tip saddr 192.0.2.1 notrack
                \t}

                \tchain output {
                \t\ttype nat hook output priority -100; policy accept;
                \t\tip daddr 192.0.2.9 dnat to 127.0.0.1
                \t}

                \tchain input {
                \t\ttype filter hook input priority filter; policy drop;
                \t\tct state invalid counter name "dropped" drop
                \t\tiifname "lo" counter accept
                \t\ttcp dport != 1000-2000 limit rate 10/minute log prefix "hello "
                \t\treject with tcp reset
                \t\tip saddr != 172.16.0.0/12 jump other
                \t}

                \tchain postrouting {
                \t\ttype nat hook postrouting priority srcnat; policy accept;
                \t\tmeta mark & 0x00004000 == 0x00000000 return
                \t\tmasquerade fully-random comment "leaves with the node's address"
                \t}

                \tchain other {
                \t\tupdate @seen { ip saddr }
                \t\treject
                \t}
                }
                """, roundTrip(table));
    }
}
