package dev.fairway.proxy.health;

import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.SyncReport;
import dev.fairway.proxy.model.IpFamily;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;

/** Whether changes reach the kernel in time: a change that waits for longer than a limit makes the proxy unhealthy. */
public final class ProxyHealth implements SyncListener {
    private final InstantSource clock;
    private final Duration limit;
    private final Map<IpFamily, Instant> updated = new EnumMap<>(IpFamily.class);
    private final Map<IpFamily, Instant> oldestQueued = new EnumMap<>(IpFamily.class);

    /** @param limit how long a change may wait; kube-proxy's is twice its sync period */
    public ProxyHealth(InstantSource clock, Duration limit) {
        this.clock = clock;
        this.limit = limit;
    }

    /**
     * The state at one moment.
     *
     * @param lastUpdated the last sync of any family; {@link Instant#EPOCH} before the first
     * @param families those that have synced once
     */
    public record Report(boolean healthy, Instant lastUpdated, Instant now, Map<IpFamily, Family> families) {}

    /** The state of one address family. */
    public record Family(Instant lastUpdated, boolean healthy) {}

    @Override
    public synchronized void queued(IpFamily family) {
        oldestQueued.putIfAbsent(family, clock.instant());
    }

    @Override
    public synchronized void synced(SyncReport report) {
        oldestQueued.remove(report.state().family());
        updated.put(report.state().family(), clock.instant());
    }

    public synchronized Report report() {
        Instant now = clock.instant();
        Map<IpFamily, Family> families = new EnumMap<>(IpFamily.class);
        updated.forEach((family, at) -> {
            Instant queued = oldestQueued.get(family);
            boolean late = queued != null && Duration.between(queued, now).compareTo(limit) >= 0;
            families.put(family, new Family(at, !late));
        });
        return new Report(families.values().stream().allMatch(Family::healthy),
                families.values().stream().map(Family::lastUpdated).max(Instant::compareTo).orElse(Instant.EPOCH),
                now, families);
    }
}
