package dev.fairway.netlink.nftables.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.netlink.nftables.Bytes;
import dev.fairway.netlink.nftables.Family;
import dev.fairway.netlink.nftables.Register;
import dev.fairway.netlink.nftables.Verdict;
import dev.fairway.netlink.wire.Attributes;
import dev.fairway.netlink.wire.NetlinkWriter;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExpressionTest {

    static Stream<Expression> expressions() {
        return Stream.of(
                new Bitwise(1, 2, Bytes.u32(0xff), Bytes.u32(0x10)),
                new Byteorder(1, 2, Byteorder.HTON, 4, 2),
                Cmp.equal(1, Bytes.be16(80)), new Cmp(9, Cmp.GTE, Bytes.u8(3)),
                new Counter(5, 6_000_000_000L),
                Ct.load(Ct.STATE, 1), Ct.load(Ct.DST_IP, Ct.ORIGINAL, 1), Ct.set(Ct.MARK, 1),
                Dynset.update("s", 1, 0), new Dynset("m", Dynset.ADD, 1, OptionalInt.of(9), 5000, List.of(new Counter())),
                new Dynset("s", Dynset.DELETE, 1, OptionalInt.empty(), 0, List.of(new Counter(), new Notrack())),
                new Fib(1, Fib.ADDRTYPE, Fib.DADDR),
                Immediate.of(1, Bytes.u32(7)), Immediate.of(Verdict.goTo("c")), Immediate.of(Verdict.DROP),
                new Limit(10, 3600, 5, Limit.BYTES, true),
                new Log("p", 3),
                Lookup.in("s", 1), Lookup.notIn("s", 9), Lookup.map("m", 1, 2), Lookup.map("m", 1, Register.VERDICT),
                new Masq(0), new Masq(Nat.FULLY_RANDOM),
                Meta.load(Meta.MARK, 1), Meta.set(Meta.MARK, 1),
                Nat.dnat(Family.IP6, 1, 2), new Nat(false, Family.IP, OptionalInt.of(1), OptionalInt.empty(), Nat.RANDOM),
                new Notrack(),
                Numgen.random(7, 1), new Numgen(1, 3, false, 100),
                new Objref(Objref.COUNTER, "c"),
                Payload.ip6Daddr(1), Payload.thDport(9),
                new Range(1, true, Bytes.be16(1), Bytes.be16(9)),
                new Redir(OptionalInt.of(1)), new Redir(OptionalInt.empty()),
                Reject.ipPortUnreachable(), new Reject(Reject.TCP_RST, 0),
                new Unknown("match", Bytes.of(new NetlinkWriter().string(1, "comment").toByteArray())));
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void roundTrip(Expression expression) {
        var writer = new NetlinkWriter();
        Expression.writeList(writer, 4, List.of(expression, new Counter()));
        assertEquals(List.of(expression, new Counter()),
                Expression.decodeList(Attributes.parse(writer.buffer()).nested(4)));
    }

    @Test
    void everyKindIsCovered() {
        assertEquals(Expression.class.getPermittedSubclasses().length,
                expressions().map(Object::getClass).distinct().count());
    }

    /** The bytes that nft sends for {@code meta load mark => reg 1}. */
    @Test
    void literalMeta() {
        var writer = new NetlinkWriter();
        Meta.load(Meta.MARK, Register.R1).write(writer, Expression.LIST_ELEM);
        assertEquals(String.join("", "24000180", "09000100", "6d657461", "00000000",
                "14000280", "08000200", "00000003", "08000100", "00000001"), HexFormat.of().formatHex(writer.toByteArray()));
    }

    /** As {@code lookup reg 1 set s dreg 0}. */
    @Test
    void literalLookup() {
        var writer = new NetlinkWriter();
        Lookup.map("s", Register.R1, Register.VERDICT).write(writer, Expression.LIST_ELEM);
        assertEquals(String.join("", "2c000180", "0b000100", "6c6f6f6b", "75700000",
                "1c000280", "06000100", "73000000", "08000200", "00000001", "08000300", "00000000"),
                HexFormat.of().formatHex(writer.toByteArray()));
    }
}
