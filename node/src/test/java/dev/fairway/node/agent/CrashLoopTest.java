package dev.fairway.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CrashLoopTest {
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void theFirstRestartIsAtOnceAndTheOthersWaitTwiceAsLongEachTime() {
        CrashLoop loop = new CrashLoop();
        List<Long> waits = new ArrayList<>();
        Instant now = T0;
        for (int i = 0; i < 8; i++) {
            loop.ended(now, now.plusSeconds(1));
            waits.add(Duration.between(now.plusSeconds(1), loop.notBefore()).toSeconds());
            now = loop.notBefore();
        }
        assertEquals(List.of(0L, 10L, 20L, 40L, 80L, 160L, 300L, 300L), waits);
    }

    @Test
    void aLongLifeIsForgiven() {
        CrashLoop loop = new CrashLoop();
        loop.ended(T0, T0);
        loop.ended(T0, T0);
        loop.ended(T0, T0.plus(Duration.ofMinutes(11)));
        assertEquals(T0.plus(Duration.ofMinutes(11)), loop.notBefore());
        assertEquals(Duration.ZERO, loop.delay());
    }

    @ParameterizedTest
    @CsvSource({"10, 10s", "20, 20s", "80, 1m20s", "160, 2m40s", "300, 5m0s", "0, 0s"})
    void durationsReadAsGoWritesThem(long seconds, String text) {
        assertEquals(text, CrashLoop.text(Duration.ofSeconds(seconds)));
    }
}
