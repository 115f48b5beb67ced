package dev.fairway.proxy.metrics;

import dev.fairway.proxy.SyncReport;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.List;

/** What only mode iptables reports. */
final class IptablesMetrics implements ProxyMetrics.ModeMetrics {
    /** The tables that kube-proxy reports; in mangle there is nothing but the canary. */
    private static final List<String> TABLES = List.of("filter", "nat");

    private final Histogram fullSeconds;
    private final Histogram partialSeconds;
    private final Counter failures;
    private final Counter partialFailures;
    private final Gauge rulesTotal;
    private final Gauge rulesLast;

    IptablesMetrics(ProxyMetrics metrics) {
        fullSeconds = metrics.syncHistogram("sync_full_proxy_rules_duration_seconds",
                "SyncProxyRules latency in seconds for full resyncs");
        partialSeconds = metrics.syncHistogram("sync_partial_proxy_rules_duration_seconds",
                "SyncProxyRules latency in seconds for partial resyncs");
        failures = metrics.counter("sync_proxy_rules_iptables_restore_failures_total",
                "Cumulative proxy iptables restore failures", "ip_family");
        partialFailures = metrics.counter("sync_proxy_rules_iptables_partial_restore_failures_total",
                "Cumulative proxy iptables partial restore failures", "ip_family");
        rulesTotal = metrics.gauge("sync_proxy_rules_iptables_total",
                "Total number of iptables rules owned by kube-proxy", "ip_family", "table");
        rulesLast = metrics.gauge("sync_proxy_rules_iptables_last",
                "Number of iptables rules written by kube-proxy in last sync", "ip_family", "table");
    }

    @Override
    public void synced(String family, SyncReport report) {
        Histogram seconds = report.result().full() ? fullSeconds : partialSeconds;
        seconds.labelValues(family).observe(ProxyMetrics.seconds(report.took()));
        for (String table : TABLES) {
            rulesTotal.labelValues(family, table).set(report.result().rulesTotal().getOrDefault(table, 0));
            rulesLast.labelValues(family, table).set(report.result().rulesWritten().getOrDefault(table, 0));
        }
        if (!report.result().failed().isEmpty()) {
            failed(family, report.result().full());
        }
    }

    @Override
    public void failed(String family, boolean full) {
        (full ? failures : partialFailures).labelValues(family).inc();
    }
}
