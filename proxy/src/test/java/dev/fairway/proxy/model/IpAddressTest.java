package dev.fairway.proxy.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "010.001.000.255, 10.1.0.255",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "fd00:0:0:1:0:0:0:1, fd00:0:0:1::1",
        "FD00::A, fd00::a",
        "1:0:0:2:0:0:3:4, 1::2:0:0:3:4",
        "1:0:2:0:3:0:4:5, 1:0:2:0:3:0:4:5",
        "::ffff:10.1.2.3, 10.1.2.3",
    })
    void readsAndWritesTheCanonicalText(String text, String canonical) {
        assertEquals(canonical, IpAddress.of(text).toString());
        assertEquals(IpAddress.of(text), IpAddress.of(canonical));
        assertEquals(IpAddress.of(text), IpAddress.of(IpAddress.of(text).bytes()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1..2.3", ".1.2.3", "1.2.3.", "a.b.c.d", "1.2.3.4 ",
        "-1.2.3.4", "::g", "1:2", ":::", "fe80::1%eth0", "[::1]", "localhost", "1.2.3.4/8", "99999999999999999999.1.1.1"})
    void refusesWhatIsNoLiteral(String text) {
        assertEquals(Optional.empty(), IpAddress.parse(text));
        assertThrows(IllegalArgumentException.class, () -> IpAddress.of(text));
    }

    @Test
    void anyBytesSurviveTheirText() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            for (int zero = random.nextInt(bytes.length); zero > 0; zero--) {
                bytes[random.nextInt(bytes.length)] = 0;
            }
            IpAddress address = IpAddress.of(bytes);
            assertEquals(address, IpAddress.of(address.toString()));
            if (address.bytes().length == bytes.length) {
                assertArrayEquals(bytes, address.bytes());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3/8, 10.0.0.0/8", "0.0.0.0/0, 0.0.0.0/0", "10.1.2.3/32, 10.1.2.3/32", "fd18:0::/64, fd18::/64",
        "fd18:1:2:3:4::/80, fd18:1:2:3:4::/80", "fd18:1:2:3:4::/33, fd18:1::/33", "ffff::1/0, ::/0"})
    void cidrDropsHostBits(String text, String canonical) {
        assertEquals(canonical, IpCidr.of(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "::/129", "/8", "x/8", "10.0.0.0/8/8"})
    void cidrRefusesWhatIsNoBlock(String text) {
        assertEquals(Optional.empty(), IpCidr.parse(text));
    }

    @Test
    void cidrContainsItsOwnFamilyOnly() {
        assertTrue(IpCidr.of("0.0.0.0/0").contains(IpAddress.of("1.2.3.4")));
        assertTrue(!IpCidr.of("0.0.0.0/0").contains(IpAddress.of("::1")));
        assertTrue(IpCidr.of("fd18::/32").contains(IpAddress.of("fd18:0:1::5")));
        assertTrue(!IpCidr.of("10.0.0.0/9").contains(IpAddress.of("10.128.0.0")));
    }
}
