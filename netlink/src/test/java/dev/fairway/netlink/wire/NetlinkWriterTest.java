package dev.fairway.netlink.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NetlinkWriterTest {

    /** As strace shows {@code ip link set lo up} on a little-endian machine, IFLA_IFNAME appended. */
    @Test
    void literalMessage() {
        var writer = new NetlinkWriter().message(16, NetlinkHeader.REQUEST | NetlinkHeader.ACK, 7, body -> body
                .rawInt(0).rawInt(1).rawInt(1).rawInt(1)
                .string(3, "lo").be16(5, 0x1234).be32(6, 0x01020304).u8(7, 9)
                .nested(18, nested -> nested.string(1, "veth")));
        assertEquals(String.join("",
                "50000000", "1000", "0500", "07000000", "00000000",
                "00000000", "01000000", "01000000", "01000000",
                "0700", "0300", "6c6f0000",
                "0600", "0500", "12340000",
                "0800", "0600", "01020304",
                "0500", "0700", "09000000",
                "1000", "1280", "0900", "0100", "7665746800000000"),
                HexFormat.of().formatHex(writer.toByteArray()));
    }

    @Test
    void attributesRoundTrip() {
        var random = new Random(42);
        for (int round = 0; round < 200; round++) {
            var value = new byte[random.nextInt(40)];
            random.nextBytes(value);
            int number = random.nextInt();
            long big = random.nextLong();
            var writer = new NetlinkWriter().message(1, 2, 3, body -> body.rawInt(99).bytes(1, value).u32(2, number)
                    .be32(3, number).be64(4, big).u16(40, number & 0xffff).be16(6, number & 0xffff)
                    .nested(7, list -> list.u32(1, 5).u32(1, 6)).flag(8));
            var message = NetlinkMessage.split(writer.buffer()).getFirst();
            assertEquals(new NetlinkHeader(writer.size(), 1, 2, 3, 0), message.header());
            var attributes = message.attributes(4);
            assertEquals(ByteBuffer.wrap(value), attributes.bytes(1));
            assertEquals(number, attributes.u32(2));
            assertEquals(number, attributes.be32(3));
            assertEquals(big, attributes.be64(4));
            assertEquals(number & 0xffff, attributes.u16(40));
            assertEquals(number & 0xffff, attributes.be16(6));
            assertEquals(6, attributes.nested(7).u32(1));
            assertEquals(List.of(5, 6), attributes.nested(7).all().stream().map(e -> e.bytes().getInt(0)).toList());
            assertEquals(true, attributes.has(8));
            assertEquals(false, attributes.has(9));
        }
    }

    @Test
    void valuesSurviveGrowthAtAnyPlace() {
        for (int before = 0; before < 64; before++) {
            var filler = new byte[before];
            var writer = new NetlinkWriter(64).message(1, 2, 3, body -> body.bytes(1, filler).u16(2, 0xabcd)
                    .u32(3, 0x01020304).be32(4, 0x05060708).be64(5, 0x1122334455667788L));
            var attributes = NetlinkMessage.split(writer.buffer()).getFirst().attributes(0);
            assertEquals(0xabcd, attributes.u16(2));
            assertEquals(0x01020304, attributes.u32(3));
            assertEquals(0x05060708, attributes.be32(4));
            assertEquals(0x1122334455667788L, attributes.be64(5));
        }
    }

    @Test
    void splitsSeveralMessages() {
        var writer = new NetlinkWriter();
        for (int i = 0; i < 5; i++) {
            int number = i;
            writer.message(i + 20, 0, i, body -> body.string(1, "x".repeat(number)));
        }
        assertEquals(List.of(20, 21, 22, 23, 24),
                NetlinkMessage.split(writer.buffer()).stream().map(message -> message.header().type()).toList());
    }

    @Test
    void refusesImpossibleLengths() {
        assertThrows(MalformedMessageException.class,
                () -> NetlinkMessage.split(ByteBuffer.wrap(HexFormat.of().parseHex("ff000000100005000700000000000000"))));
        assertThrows(MalformedMessageException.class,
                () -> NetlinkMessage.split(ByteBuffer.wrap(new byte[7])));
        assertThrows(MalformedMessageException.class,
                () -> Attributes.parse(ByteBuffer.wrap(HexFormat.of().parseHex("0900010001020304"))));
        assertThrows(MalformedMessageException.class,
                () -> Attributes.parse(ByteBuffer.wrap(HexFormat.of().parseHex("0300010001020304"))));
        var empty = Attributes.parse(ByteBuffer.allocate(0));
        assertThrows(MalformedMessageException.class, () -> empty.u32(1));
        var shortValue = Attributes.parse(new NetlinkWriter().u16(1, 5).buffer());
        assertThrows(MalformedMessageException.class, () -> shortValue.u32(1));
    }

    @Test
    void refusesAttributesTooLongForTheirLengthField() {
        var writer = new NetlinkWriter();
        assertThrows(IllegalArgumentException.class, () -> writer.bytes(1, new byte[65_536]));
        assertThrows(IllegalArgumentException.class, () -> new NetlinkWriter().nested(1, body -> {
            body.bytes(1, new byte[40_000]);
            body.bytes(1, new byte[40_000]);
        }));
    }
}
