package dev.fairway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapKeeperTest {
    @ParameterizedTest
    @CsvSource({
        "10, 0, false", "24, 0, false", "25, 0, true",
        "100, 100, false", "170, 100, false", "174, 100, false", "175, 100, true",
        "500, 400, false", "625, 400, true"})
    void looksWhenMuchHasBeenAdded(long usedMegabytes, long heldMegabytes, boolean due) {
        assertEquals(due, HeapKeeper.isDue(usedMegabytes << 20, heldMegabytes << 20));
    }
}
