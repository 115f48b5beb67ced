package dev.fairway.proxy.server;

import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.SyncReport;
import dev.fairway.proxy.model.IpFamily;
import java.util.List;

/** Several listeners as one. */
record Listeners(List<SyncListener> all) implements SyncListener {
    @Override
    public void queued(IpFamily family) {
        all.forEach(listener -> listener.queued(family));
    }

    @Override
    public void synced(SyncReport report) {
        all.forEach(listener -> listener.synced(report));
    }

    @Override
    public void failed(IpFamily family, boolean full, Exception why) {
        all.forEach(listener -> listener.failed(family, full, why));
    }
}
