package dev.fairway.proxy.metrics;

import dev.fairway.proxy.SyncReport;
import io.prometheus.metrics.core.metrics.Counter;

/** What only mode nftables reports. */
final class NftablesMetrics implements ProxyMetrics.ModeMetrics {
    private final Counter failures;

    NftablesMetrics(ProxyMetrics metrics) {
        failures = metrics.counter("sync_proxy_rules_nftables_sync_failures_total",
                "Cumulative proxy nftables sync failures", "ip_family");
        // There is no separate clean-up here that could fail; the series is there for those who watch it.
        Counter cleanupFailures = metrics.counter("sync_proxy_rules_nftables_cleanup_failures_total",
                "Cumulative proxy nftables cleanup failures", "ip_family");
        cleanupFailures.initLabelValues("IPv4");
        cleanupFailures.initLabelValues("IPv6");
    }

    @Override
    public void synced(String family, SyncReport report) {
        if (!report.result().failed().isEmpty()) {
            failed(family, report.result().full());
        }
    }

    @Override
    public void failed(String family, boolean full) {
        failures.labelValues(family).inc();
    }
}
