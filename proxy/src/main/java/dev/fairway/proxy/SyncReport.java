package dev.fairway.proxy;

import dev.fairway.proxy.state.DesiredState;
import java.time.Duration;
import java.util.List;

/**
 * A sync that is done, in one address family.
 *
 * @param state what is in force now, but for {@link SyncResult#failed()}; valid during the call that hands it over
 * @param changes what this sync changed; what stale conntrack entries follow from
 * @param triggeredMillis when the endpoint changes were caused, in milliseconds since 1970, as far as known
 */
public record SyncReport(
        DesiredState state, SyncResult result, List<StateChange> changes, List<Long> triggeredMillis, Duration took) {}
