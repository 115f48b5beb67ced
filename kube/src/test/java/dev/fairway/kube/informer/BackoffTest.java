package dev.fairway.kube.informer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void eachDelayComesFromTheUpperHalfOfADoublingWindow() {
        for (long seed = 0; seed < 200; seed++) {
            Backoff backoff = new Backoff(Duration.ofMillis(800), Duration.ofSeconds(30), new Random(seed));
            for (int round = 0; round < 2; round++) {
                long window = 800;
                for (int i = 0; i < 12; i++) {
                    long delay = backoff.next().toMillis();
                    assertTrue(delay >= window / 2 && delay <= window, "seed " + seed + ", delay " + delay);
                    window = Math.min(2 * window, 30_000);
                }
                backoff.reset();
            }
        }
    }
}
