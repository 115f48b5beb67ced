package dev.fairway.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class QuantityTest {
    @Test
    void quantitiesAreExact() {
        assertEquals(100, Quantity.milli("100m"));
        assertEquals(1_500, Quantity.milli("1.5"));
        assertEquals(1_000_000, Quantity.milli("1e3"));
        assertEquals(131_072_000L, Quantity.milli("128Ki"));
        assertEquals((1L << 30) * 1000, Quantity.milli("1Gi"));
        assertEquals(1, Quantity.milli("1u"));
        assertEquals(Long.MAX_VALUE, Quantity.milli("100E"));
        assertThrows(NumberFormatException.class, () -> Quantity.milli("1Zi"));
        assertThrows(NumberFormatException.class, () -> Quantity.milli("x"));
    }
}
