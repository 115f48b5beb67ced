package dev.fairway.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class QuantityTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "0.0, 0", "-0, 0", "0Gi, 0", "1, 1", "1.0, 1", "0.1, 100m", "0.5, 500m", ".5, 500m", "5., 5",
            "1.5, 1500m", "1000m, 1", "1500m, 1500m", "1000, 1k", "1500, 1500", "12000, 12k", "100000000, 100M",
            "1000000000n, 1", "+7, 7", "-2.5, -2500m", "1024Mi, 1Gi", "1Gi, 1Gi", "1.5Gi, 1536Mi", "0.5Ki, 512",
            "1023Ki, 1023Ki", "1000Ki, 1000Ki", "128974848, 128974848", "129e6, 129e6", "129E6, 129e6", "1e3, 1e3",
            "1500e3, 1500e3", "129M, 129M", "123Mi, 123Mi", "2E, 2E", "0.0000000001, 1n", "100u, 100u",
            "9999999999E, 9223372036854775807", "1.1Ki, 1127"})
    void isWrittenCanonically(String text, String canonical) {
        assertEquals(canonical, Quantity.parse(text).toString());
        assertEquals(canonical, Quantity.parse(canonical).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Gi", "1Kb", "1 Gi", "1ki", "--1", "1e", "1e+", "e3", "0x10", "1,5", ".", "1i"})
    void whatIsNoneIsRefused(String text) {
        assertFalse(Quantity.matches(text));
        assertThrows(IllegalArgumentException.class, () -> Quantity.parse(text));
    }

    @Test
    void amountsCompareWhateverTheirSuffix() {
        assertEquals(0, Quantity.parse("1").compareTo(Quantity.parse("1000m")));
        assertTrue(Quantity.parse("1Gi").compareTo(Quantity.parse("1G")) > 0);
        assertTrue(Quantity.parse("100m").compareTo(Quantity.parse("0.2")) < 0);
        assertFalse(Quantity.parse("100m").isWhole());
        assertTrue(Quantity.parse("100").isWhole());
    }

    @ParameterizedTest
    @CsvSource({"100m, 100", "1.5, 1500", "1e3, 1000000", "128Ki, 131072000", "1Gi, 1073741824000", "1u, 1",
            "9E, 9223372036854775807"})
    void thousandthsAreRoundedUp(String text, long milli) {
        assertEquals(milli, Quantity.parse(text).milli());
    }

    /** The canonical form is the same amount, for amounts and suffixes of all sorts. */
    @Test
    void theCanonicalFormKeepsTheAmount() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] suffixes = {"n", "u", "m", "", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "e-3"};
        for (int i = 0; i < 2_000; i++) {
            String text = random.nextInt(100_000) + suffixes[random.nextInt(suffixes.length)];
            Quantity parsed = Quantity.parse(text);
            BigDecimal again = Quantity.parse(parsed.toString()).value();
            assertEquals(0, parsed.value().compareTo(again), () -> text + " became " + parsed + ", seed " + seed);
        }
    }
}
