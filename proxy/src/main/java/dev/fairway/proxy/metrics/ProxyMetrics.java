package dev.fairway.proxy.metrics;

import dev.fairway.kube.client.ApiRequest;
import dev.fairway.kube.client.RequestObserver;
import dev.fairway.kube.metrics.BuildInfo;
import dev.fairway.kube.metrics.ProcessMetrics;
import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.SyncReport;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.proxy.model.IpFamily;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * The metrics of one proxy. Their names, labels, types and buckets are kube-proxy v1.36's; see
 * <a href="https://kubernetes.io/docs/reference/instrumentation/metrics/">its reference</a>. Safe for several threads.
 */
public final class ProxyMetrics implements SyncListener, RequestObserver {
    /** The content type of {@link #write}. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    /** Kubernetes' components say of each metric how stable it is; of a node proxy's, all are ALPHA. */
    static final String ALPHA = "[ALPHA] ";

    private static final String FAMILY = "ip_family";
    private static final double[] SYNC_SECONDS =
            DoubleStream.iterate(0.001, bound -> bound * 2).limit(15).toArray();
    private static final double[] REQUEST_SECONDS = {0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60};

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final InstantSource clock;
    private final Histogram syncSeconds;
    private final Gauge lastSync;
    private final Gauge lastQueued;
    private final Histogram programmingSeconds;
    private final Gauge noLocalEndpoints;
    private final Counter serviceChanges;
    private final Counter endpointChanges;
    private final Gauge servicesPending;
    private final Gauge endpointsPending;
    private final Counter healthz;
    private final Counter livez;
    private final Histogram conntrackSeconds;
    private final Counter conntrackDeleted;
    private final Counter setAside;
    private final Counter requests;
    private final Histogram requestSeconds;
    private final ModeMetrics ofMode;

    public ProxyMetrics(ProxyMode mode, InstantSource clock) {
        this.clock = clock;
        syncSeconds = histogram("sync_proxy_rules_duration_seconds", "SyncProxyRules latency in seconds", SYNC_SECONDS);
        lastSync = gauge("sync_proxy_rules_last_timestamp_seconds", "The last time proxy rules were successfully synced",
                FAMILY);
        lastQueued = gauge("sync_proxy_rules_last_queued_timestamp_seconds", "The last time a sync of proxy rules was queued",
                FAMILY);
        programmingSeconds = histogram("network_programming_duration_seconds",
                "In Cluster Network Programming Latency in seconds", programmingBounds());
        noLocalEndpoints = gauge("sync_proxy_rules_no_local_endpoints_total",
                "Number of services with a Local traffic policy and no endpoints", FAMILY, "traffic_policy");
        serviceChanges = counter("sync_proxy_rules_service_changes_total", "Cumulative proxy rules Service changes");
        endpointChanges = counter("sync_proxy_rules_endpoint_changes_total", "Cumulative proxy rules Endpoint changes");
        servicesPending = gauge("sync_proxy_rules_service_changes_pending", "Pending proxy rules Service changes");
        endpointsPending = gauge("sync_proxy_rules_endpoint_changes_pending", "Pending proxy rules Endpoint changes");
        healthz = counter("proxy_healthz_total", "Cumulative proxy healthz HTTP status", "code");
        livez = counter("proxy_livez_total", "Cumulative proxy livez HTTP status", "code");
        conntrackSeconds = histogram("conntrack_reconciler_sync_duration_seconds",
                "ReconcileConntrackFlowsLatency latency in seconds", SYNC_SECONDS);
        conntrackDeleted = counter("conntrack_reconciler_deleted_entries_total",
                "Cumulative conntrack flows deleted by conntrack reconciler", FAMILY);
        setAside = Counter.builder().name("fairway_proxy_objects_set_aside_total")
                .help("Times that an object, or a part of one, got no rules because of what it says")
                .labelNames("kind").register(registry);
        requests = Counter.builder().name("rest_client_requests_total")
                .help(ALPHA + "Number of HTTP requests, partitioned by status code, method, and host.")
                .labelNames("code", "host", "method").register(registry);
        requestSeconds = Histogram.builder().name("rest_client_request_duration_seconds")
                .help(ALPHA + "Request latency in seconds. Broken down by verb, and host.")
                .labelNames("host", "verb").classicOnly().classicUpperBounds(REQUEST_SECONDS).register(registry);
        ofMode = switch (mode) {
            case IPTABLES -> new IptablesMetrics(this);
            case NFTABLES -> new NftablesMetrics(this);
        };
        BuildInfo.register(registry);
        ProcessMetrics.register(registry);
    }

    /** Metrics that only one mode has. */
    interface ModeMetrics {
        void synced(String family, SyncReport report);

        void failed(String family, boolean full);
    }

    PrometheusRegistry registry() {
        return registry;
    }

    Counter counter(String name, String help, String... labels) {
        return Counter.builder().name("kubeproxy_" + name).help(ALPHA + help).labelNames(labels).register(registry);
    }

    Gauge gauge(String name, String help, String... labels) {
        return Gauge.builder().name("kubeproxy_" + name).help(ALPHA + help).labelNames(labels).register(registry);
    }

    Histogram syncHistogram(String name, String help) {
        return histogram(name, help, SYNC_SECONDS);
    }

    private Histogram histogram(String name, String help, double[] bounds) {
        return Histogram.builder().name("kubeproxy_" + name).help(ALPHA + help).labelNames(FAMILY)
                .classicOnly().classicUpperBounds(bounds).register(registry);
    }

    /** 0, 0.25 and 0.5 s, each second to a minute, each 5 s to two, each 30 s to five. */
    private static double[] programmingBounds() {
        return Stream.of(
                        DoubleStream.of(0, 0.25, 0.5),
                        DoubleStream.iterate(1, second -> second + 1).limit(59),
                        DoubleStream.iterate(60, second -> second + 5).limit(12),
                        DoubleStream.iterate(120, second -> second + 30).limit(7))
                .flatMapToDouble(bounds -> bounds)
                .toArray();
    }

    private double now() {
        return clock.millis() / 1_000.0;
    }

    /** Reads how many packets a rule has counted. */
    @FunctionalInterface
    public interface PacketCounter {
        /** Empty if nothing counts them. */
        OptionalLong packets();
    }

    /**
     * Reports packets that rules of mode iptables count in the kernel.
     *
     * @param invalidDropped packets dropped since conntrack calls them invalid
     * @param localhostNodePorts packets to node ports on 127.0.0.1
     */
    public void countPackets(PacketCounter invalidDropped, PacketCounter localhostNodePorts) {
        packets("kubeproxy_iptables_ct_state_invalid_dropped_packets_total",
                "packets dropped by iptables to work around conntrack problems", invalidDropped);
        packets("kubeproxy_iptables_localhost_nodeports_accepted_packets_total",
                "Number of packets accepted on nodeports of loopback interface", localhostNodePorts);
    }

    private void packets(String name, String help, PacketCounter counter) {
        CounterWithCallback.builder().name(name).help(ALPHA + help)
                .callback(callback -> counter.packets().ifPresent(callback::call)).register(registry);
    }

    /** A Service event came from the API. */
    public void serviceChanged() {
        serviceChanges.inc();
        servicesPending.inc();
    }

    /** An EndpointSlice event came from the API. */
    public void endpointsChanged() {
        endpointChanges.inc();
        endpointsPending.inc();
    }

    /** An object of this kind, or a part of it, is set aside. */
    public void setAside(String kind) {
        setAside.labelValues(kind).inc();
    }

    @Override
    public void queued(IpFamily family) {
        lastQueued.labelValues(family.toString()).set(now());
    }

    @Override
    public void synced(SyncReport report) {
        String family = report.state().family().toString();
        syncSeconds.labelValues(family).observe(seconds(report.took()));
        lastSync.labelValues(family).set(now());
        // Its series are there from the first sync on, since dashboards find their instances by it.
        DistributionDataPoint programming = programmingSeconds.labelValues(family);
        report.triggeredMillis().forEach(millis ->
                programming.observe(Math.max(0, clock.millis() - millis) / 1_000.0));
        noLocalEndpoints.labelValues(family, "internal").set(report.state().internalWithoutLocalEndpoints());
        noLocalEndpoints.labelValues(family, "external").set(report.state().externalWithoutLocalEndpoints());
        servicesPending.set(0);
        endpointsPending.set(0);
        ofMode.synced(family, report);
    }

    @Override
    public void failed(IpFamily family, boolean full, Exception why) {
        ofMode.failed(family.toString(), full);
    }

    /** The health server answered {@code /healthz}. */
    public void healthz(int status) {
        healthz.labelValues(Integer.toString(status)).inc();
    }

    /** The health server answered {@code /livez}. */
    public void livez(int status) {
        livez.labelValues(Integer.toString(status)).inc();
    }

    /** Stale flows were looked for in one family. */
    public void conntrackReconciled(IpFamily family, int deleted, Duration took) {
        conntrackSeconds.labelValues(family.toString()).observe(seconds(took));
        conntrackDeleted.labelValues(family.toString()).inc(deleted);
    }

    @Override
    public void answered(ApiRequest request, String host, String code, Duration took) {
        requests.labelValues(code, host, request.method()).inc();
        requestSeconds.labelValues(host, request.method()).observe(seconds(took));
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /** Writes all metrics in the text format of Prometheus. */
    public void write(OutputStream out) throws IOException {
        PrometheusTextFormatWriter.builder().build().write(out, registry.scrape());
    }
}
