package dev.fairway.controllers.leaderelection;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.fairway.kube.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaseStateTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
    private static final LeaderElectionConfig ME = LeaderElectionConfig.of("me");

    private static KubeObject lease(String holder) {
        return object("""
                {metadata: {name: 'l'}, spec: {holderIdentity: '%s', leaseDurationSeconds: 15, leaseTransitions: 3,
                 acquireTime: '2026-01-01T00:00:00.000000Z', renewTime: '2026-01-01T00:59:59.000000Z'}}
                """.formatted(holder));
    }

    @Test
    void aLeaseIsFreeForItsHolderAndAfterItsTime() {
        record Case(String holder, long unchangedSeconds, boolean free) {}
        for (Case c : List.of(
                new Case("me", 0, true),
                new Case("", 0, true),
                new Case("other", 0, false),
                new Case("other", 14, false),
                new Case("other", 15, true))) {
            assertEquals(c.free(), LeaseState.free(lease(c.holder()), "me", NOW.minusSeconds(c.unchangedSeconds()), NOW),
                    c.toString());
        }
    }

    @Test
    void takingOverCountsAndRenewingDoesNot() {
        KubeObject taken = LeaseState.held(ME, Optional.of(lease("other")), NOW);
        assertEquals("me", taken.string("/spec/holderIdentity"));
        assertEquals(4, taken.at("/spec/leaseTransitions").asInt());
        assertEquals("2026-01-01T01:00:00.000000Z", taken.string("/spec/acquireTime"));
        KubeObject renewed = LeaseState.held(ME, Optional.of(lease("me")), NOW);
        assertEquals(3, renewed.at("/spec/leaseTransitions").asInt());
        assertEquals("2026-01-01T00:00:00.000000Z", renewed.string("/spec/acquireTime"));
        assertEquals("2026-01-01T01:00:00.000000Z", renewed.string("/spec/renewTime"));
        assertEquals("", LeaseState.released(renewed, NOW).string("/spec/holderIdentity"));
    }

    @Test
    void impossibleTimesAreRefused() {
        for (Duration[] times : new Duration[][] {
            {Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(1)},
            {Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(2)}
        }) {
            assertThrows(IllegalArgumentException.class,
                    () -> new LeaderElectionConfig("ns", "l", "me", times[0], times[1], times[2]));
        }
        assertThrows(IllegalArgumentException.class, () -> LeaderElectionConfig.of(""));
    }
}
