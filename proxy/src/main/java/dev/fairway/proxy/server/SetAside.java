package dev.fairway.proxy.server;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.SyncReport;
import dev.fairway.proxy.events.ProxyEvents;
import dev.fairway.proxy.metrics.ProxyMetrics;
import dev.fairway.proxy.model.IpFamily;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;

/** Says which objects get no rules, and why: in the log, by a metric and by an Event on the object. */
final class SetAside implements SyncListener {
    private static final System.Logger LOG = System.getLogger(SetAside.class.getName());

    private final ProxyMetrics metrics;
    private final ProxyEvents events;
    /** What the kernel refused at the last sync, which is told at each. */
    private final Map<IpFamily, Map<ObjectKey, String>> refused = new EnumMap<>(IpFamily.class);

    SetAside(ProxyMetrics metrics, ProxyEvents events) {
        this.metrics = metrics;
        this.events = events;
    }

    /**
     * An object, or a part of it, is set aside.
     *
     * @param uid empty if it is not known
     */
    void report(String kind, ObjectKey key, String uid, String why) {
        LOG.log(Level.ERROR, "set aside: {0}", why);
        metrics.setAside(kind);
        events.setAside(kind, key, uid, why);
    }

    /** What the kernel refuses the dataplane sets aside. */
    @Override
    public void synced(SyncReport report) {
        Map<ObjectKey, String> now = report.result().failed();
        Map<ObjectKey, String> before = refused.put(report.state().family(), now);
        now.forEach((key, why) -> {
            if (before == null || !why.equals(before.get(key))) {
                report("Service", key, "", "Service " + key + ": " + report.state().family() + ": " + why);
            }
        });
    }
}
