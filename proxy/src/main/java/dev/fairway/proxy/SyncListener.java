package dev.fairway.proxy;

import dev.fairway.proxy.model.IpFamily;

/** Hears of syncs, from the proxy's sync thread: metrics, health checks and conntrack are fed from here. */
public interface SyncListener {
    SyncListener NONE = new SyncListener() {};

    /** Changes wait for a sync. */
    default void queued(IpFamily family) {}

    default void synced(SyncReport report) {}

    /** A sync could not be done; it is tried again by itself. */
    default void failed(IpFamily family, boolean full, Exception why) {}
}
