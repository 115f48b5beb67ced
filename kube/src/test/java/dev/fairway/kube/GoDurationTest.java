package dev.fairway.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
    @ParameterizedTest
    @CsvSource({"0,0s", "0s,0s", "30s,30s", "90s,1m30s", "1h,1h0m0s", "24h,24h0m0s", "1.5s,1.5s", ".5h,30m0s", "100ms,100ms",
            "1500ms,1.5s", "2us,2µs", "7ns,7ns", "-1m,-1m0s", "+3m,3m0s", "1h2m3.004s,1h2m3.004s", "1m0.1ms,1m0.0001s"})
    void readsAndWritesAsGoDoes(String text, String formatted) {
        assertEquals(formatted, GoDuration.format(GoDuration.parse(text).orElseThrow()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "1", "s", "1x", "1 s", "s1", "1s2", "..1s", "1e3s", "999999999h", "30seconds"})
    void refusesWhatGoRefuses(String text) {
        assertTrue(GoDuration.parse(text).isEmpty());
    }

    @Test
    void whatIsWrittenReadsTheSame() {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            Duration duration = Duration.ofNanos(random.nextLong() >> random.nextInt(63));
            assertEquals(Optional.of(duration), GoDuration.parse(GoDuration.format(duration)), duration::toString);
        }
    }
}
