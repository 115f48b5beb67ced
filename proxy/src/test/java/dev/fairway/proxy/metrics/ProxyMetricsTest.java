package dev.fairway.proxy.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.client.ApiRequest;
import dev.fairway.proxy.Reports;
import dev.fairway.proxy.SyncReport;
import dev.fairway.proxy.SyncResult;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProxyMetricsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.5Z");

    /** kube-proxy v1.36's own, in every mode: name, type, labels without {@code le}. */
    private static final Map<String, String> COMMON = Map.ofEntries(
            Map.entry("kubeproxy_conntrack_reconciler_deleted_entries_total", "counter ip_family"),
            Map.entry("kubeproxy_conntrack_reconciler_sync_duration_seconds", "histogram ip_family"),
            Map.entry("kubeproxy_network_programming_duration_seconds", "histogram ip_family"),
            Map.entry("kubeproxy_proxy_healthz_total", "counter code"),
            Map.entry("kubeproxy_proxy_livez_total", "counter code"),
            Map.entry("kubeproxy_sync_proxy_rules_duration_seconds", "histogram ip_family"),
            Map.entry("kubeproxy_sync_proxy_rules_endpoint_changes_pending", "gauge"),
            Map.entry("kubeproxy_sync_proxy_rules_endpoint_changes_total", "counter"),
            Map.entry("kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds", "gauge ip_family"),
            Map.entry("kubeproxy_sync_proxy_rules_last_timestamp_seconds", "gauge ip_family"),
            Map.entry("kubeproxy_sync_proxy_rules_no_local_endpoints_total", "gauge ip_family traffic_policy"),
            Map.entry("kubeproxy_sync_proxy_rules_service_changes_pending", "gauge"),
            Map.entry("kubeproxy_sync_proxy_rules_service_changes_total", "counter"),
            Map.entry("kubernetes_build_info", "gauge build_date compiler git_commit git_tree_state git_version "
                    + "go_version major minor platform"),
            Map.entry("process_cpu_seconds_total", "counter"),
            Map.entry("process_max_fds", "gauge"),
            Map.entry("process_open_fds", "gauge"),
            Map.entry("process_resident_memory_bytes", "gauge"),
            Map.entry("process_start_time_seconds", "gauge"),
            Map.entry("process_virtual_memory_bytes", "gauge"),
            Map.entry("process_virtual_memory_max_bytes", "gauge"),
            Map.entry("go_goroutines", "gauge"),
            Map.entry("rest_client_request_duration_seconds", "histogram host verb"),
            Map.entry("rest_client_requests_total", "counter code host method"));
    private static final Map<String, String> IPTABLES = Map.of(
            "kubeproxy_sync_full_proxy_rules_duration_seconds", "histogram ip_family",
            "kubeproxy_sync_partial_proxy_rules_duration_seconds", "histogram ip_family",
            "kubeproxy_sync_proxy_rules_iptables_last", "gauge ip_family table",
            "kubeproxy_sync_proxy_rules_iptables_total", "gauge ip_family table",
            "kubeproxy_sync_proxy_rules_iptables_restore_failures_total", "counter ip_family",
            "kubeproxy_sync_proxy_rules_iptables_partial_restore_failures_total", "counter ip_family");
    private static final Map<String, String> NFTABLES = Map.of(
            "kubeproxy_sync_proxy_rules_nftables_sync_failures_total", "counter ip_family",
            "kubeproxy_sync_proxy_rules_nftables_cleanup_failures_total", "counter ip_family");

    private final Reports reports = new Reports(IpFamily.IPV4);

    private static ProxyMetrics metrics(ProxyMode mode) {
        return new ProxyMetrics(mode, InstantSource.fixed(NOW));
    }

    private static String text(ProxyMetrics metrics) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        metrics.write(out);
        return out.toString();
    }

    /** Makes each series that comes into being with its first event. */
    private ProxyMetrics exercised(ProxyMode mode) {
        ProxyMetrics metrics = metrics(mode);
        metrics.serviceChanged();
        metrics.endpointsChanged();
        metrics.queued(IpFamily.IPV4);
        SyncReport report = reports.put(Reports.service("a", "10.0.0.1", Protocol.TCP, 0, 0));
        metrics.synced(new SyncReport(report.state(), report.result(), report.changes(),
                List.of(NOW.minusSeconds(3).toEpochMilli()), report.took()));
        metrics.synced(reports.nothing());
        metrics.failed(IpFamily.IPV4, true, new IOException());
        metrics.failed(IpFamily.IPV4, false, new IOException());
        metrics.healthz(200);
        metrics.livez(503);
        metrics.conntrackReconciled(IpFamily.IPV4, 4, Duration.ofMillis(2));
        metrics.answered(ApiRequest.get("/api"), "h:1", "200", Duration.ofMillis(30));
        return metrics;
    }

    @ParameterizedTest
    @EnumSource(ProxyMode.class)
    void hasKubeProxysNamesTypesAndLabels(ProxyMode mode) throws IOException {
        Map<String, String> expected = new TreeMap<>(COMMON);
        expected.putAll(switch (mode) {
            case IPTABLES -> IPTABLES;
            case NFTABLES -> NFTABLES;
        });
        assertEquals(expected, new TreeMap<>(described(text(exercised(mode)))));
    }

    private static Map<String, String> described(String text) {
        Map<String, String> types = new TreeMap<>();
        List<String> lines = text.lines().toList();
        for (String line : lines) {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ");
                types.put(words[2], words[3] + labels(words[2], lines));
            }
        }
        return types;
    }

    private static String labels(String name, List<String> lines) {
        String sample = lines.stream()
                .filter(line -> line.matches(name + "(_bucket)?[ {].*")).findFirst().orElseThrow(() -> new AssertionError(name));
        return Pattern.compile("([a-z_]+)=\"").matcher(sample).results()
                .map(match -> match.group(1))
                .filter(label -> !label.equals("le"))
                .sorted()
                .reduce("", (all, label) -> all + " " + label);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "kubeproxy_sync_proxy_rules_duration_seconds|0.001 0.002 0.004 0.008 0.016 0.032 0.064 0.128 0.256 0.512 1.024 2.048 4.096 8.192 16.384 +Inf",
        "rest_client_request_duration_seconds|0.005 0.025 0.1 0.25 0.5 1.0 2.0 4.0 8.0 15.0 30.0 60.0 +Inf",
    })
    void hasKubeProxysBuckets(String name, String bounds) throws IOException {
        assertEquals(bounds, bounds(name));
    }

    @Test
    void programmingLatencyIsCountedBySecondsAtFirst() throws IOException {
        String[] bounds = bounds("kubeproxy_network_programming_duration_seconds").split(" ");
        assertEquals(82, bounds.length);
        assertEquals(List.of("0.0", "0.25", "0.5", "1.0", "2.0"), Arrays.asList(bounds).subList(0, 5));
        assertEquals(List.of("59.0", "60.0", "65.0"), Arrays.asList(bounds).subList(61, 64));
        assertEquals(List.of("115.0", "120.0", "150.0"), Arrays.asList(bounds).subList(73, 76));
        assertEquals(List.of("300.0", "+Inf"), Arrays.asList(bounds).subList(80, 82));
    }

    private String bounds(String name) throws IOException {
        return text(exercised(ProxyMode.IPTABLES)).lines()
                .filter(line -> line.startsWith(name + "_bucket"))
                .map(line -> line.replaceAll(".*le=\"([^\"]*)\".*", "$1"))
                .reduce("", (all, bound) -> all + (all.isEmpty() ? "" : " ") + bound);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "kubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family=\"IPv4\"}|1.7672256005E9",
        "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds{ip_family=\"IPv4\"}|1.7672256005E9",
        "kubeproxy_sync_proxy_rules_service_changes_total|1.0",
        "kubeproxy_sync_proxy_rules_service_changes_pending|0.0",
        "kubeproxy_sync_proxy_rules_endpoint_changes_pending|0.0",
        "kubeproxy_sync_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"}|2",
        "kubeproxy_sync_full_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"}|1",
        "kubeproxy_sync_partial_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"}|1",
        "kubeproxy_sync_proxy_rules_iptables_total{ip_family=\"IPv4\",table=\"nat\"}|12.0",
        "kubeproxy_sync_proxy_rules_iptables_last{ip_family=\"IPv4\",table=\"nat\"}|5.0",
        "kubeproxy_sync_proxy_rules_iptables_restore_failures_total{ip_family=\"IPv4\"}|1.0",
        "kubeproxy_sync_proxy_rules_iptables_partial_restore_failures_total{ip_family=\"IPv4\"}|1.0",
        "kubeproxy_network_programming_duration_seconds_count{ip_family=\"IPv4\"}|1",
        "kubeproxy_network_programming_duration_seconds_sum{ip_family=\"IPv4\"}|3.0",
        "kubeproxy_conntrack_reconciler_deleted_entries_total{ip_family=\"IPv4\"}|4.0",
        "rest_client_requests_total{code=\"200\",host=\"h:1\",method=\"GET\"}|1.0",
    })
    void hasValues(String series, String value) throws IOException {
        String line = text(exercised(ProxyMode.IPTABLES)).lines()
                .filter(found -> found.startsWith(series + " ")).findFirst().orElse("nothing for " + series);
        assertEquals(series + " " + value, line);
    }

    @Test
    void dashboardsFindTheInstanceBeforeItsFirstChange() throws IOException {
        ProxyMetrics metrics = metrics(ProxyMode.IPTABLES);
        metrics.synced(reports.nothing());
        assertTrue(text(metrics).contains("kubeproxy_network_programming_duration_seconds_count{ip_family=\"IPv4\"} 0\n"));
    }

    @Test
    void countsPacketsWhereTheKernelDoes() throws IOException {
        ProxyMetrics metrics = metrics(ProxyMode.IPTABLES);
        metrics.countPackets(() -> OptionalLong.of(7), OptionalLong::empty);
        assertTrue(text(metrics).contains("kubeproxy_iptables_ct_state_invalid_dropped_packets_total 7.0\n"));
        assertTrue(text(metrics).lines().noneMatch(line -> line.startsWith("kubeproxy_iptables_localhost_nodeports")));
    }

    @Test
    void countsChangesThatWait() throws IOException {
        ProxyMetrics metrics = metrics(ProxyMode.IPTABLES);
        metrics.serviceChanged();
        metrics.serviceChanged();
        metrics.endpointsChanged();
        assertTrue(text(metrics).contains("service_changes_pending 2.0\n"));
        assertTrue(text(metrics).contains("endpoint_changes_pending 1.0\n"));
    }

    @Test
    void aServiceThatTheKernelRefusesCountsAsAFailure() throws IOException {
        ProxyMetrics metrics = metrics(ProxyMode.NFTABLES);
        SyncReport report = reports.nothing();
        metrics.synced(new SyncReport(report.state(), new SyncResult(true, Map.of(new ObjectKey("ns", "a"), "no"), Map.of(),
                Map.of()), List.of(), List.of(), report.took()));
        assertTrue(text(metrics).contains("nftables_sync_failures_total{ip_family=\"IPv4\"} 1.0\n"));
    }

    @Test
    void processFiguresAreThoseOfThisProcess() throws IOException {
        Map<String, Double> values = new TreeMap<>();
        text(metrics(ProxyMode.IPTABLES)).lines().filter(line -> line.matches("(process|go)_.*"))
                .forEach(line -> values.put(line.split(" ")[0], Double.parseDouble(line.split(" ")[1])));
        assertTrue(values.get("process_resident_memory_bytes") > 20 << 20, values::toString);
        assertTrue(values.get("process_virtual_memory_bytes") > values.get("process_resident_memory_bytes"), values::toString);
        assertTrue(values.get("process_cpu_seconds_total") > 0, values::toString);
        assertTrue(values.get("process_open_fds") > 3 && values.get("process_open_fds") < values.get("process_max_fds"), values::toString);
        double started = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli() / 1_000.0;
        assertEquals(started, values.get("process_start_time_seconds"), 2.0);
        assertTrue(values.get("go_goroutines") >= 5, values::toString);
    }
}
