package dev.fairway.proxy.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.proxy.Reports;
import dev.fairway.proxy.model.IpFamily;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ProxyHealthTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final ProxyHealth health = new ProxyHealth(now::get, Duration.ofSeconds(60));
    private final Reports ipv4 = new Reports(IpFamily.IPV4);
    private final Reports ipv6 = new Reports(IpFamily.IPV6);

    private void pass(int seconds) {
        now.set(now.get().plusSeconds(seconds));
    }

    @Test
    void isHealthyWhileItStarts() {
        health.queued(IpFamily.IPV4);
        pass(3600);
        assertTrue(health.report().healthy());
        assertEquals(Set.of(), health.report().families().keySet());
        assertEquals(Instant.EPOCH, health.report().lastUpdated());
    }

    @Test
    void isHealthyForeverWhenNothingChanges() {
        health.synced(ipv4.nothing());
        pass(1_000_000);
        assertTrue(health.report().healthy());
        assertEquals(START, health.report().lastUpdated());
    }

    @Test
    void aChangeThatWaitsTooLongIsUnhealthyUntilItIsDone() {
        health.synced(ipv4.nothing());
        health.synced(ipv6.nothing());
        pass(10);
        health.queued(IpFamily.IPV4);
        pass(59);
        health.queued(IpFamily.IPV4);
        assertTrue(health.report().healthy());
        pass(1);
        assertFalse(health.report().healthy());
        assertFalse(health.report().families().get(IpFamily.IPV4).healthy());
        assertTrue(health.report().families().get(IpFamily.IPV6).healthy());
        health.synced(ipv4.nothing());
        assertTrue(health.report().healthy());
        assertEquals(now.get(), health.report().lastUpdated());
    }
}
