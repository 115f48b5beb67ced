package dev.fairway.apiserver.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /metrics} as kube-apiserver's dashboards read it. */
class MetricsTest {
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(\\{.*})? (\\S+)");
    private static RunningServer server;
    private static String namespace;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        namespace = server.namespace();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** All samples, by name and labels. */
    private static Map<String, Double> scrape() {
        Map<String, Double> samples = new TreeMap<>();
        server.get("/metrics").body().lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher sample = SAMPLE.matcher(line);
            assertTrue(sample.matches(), line);
            samples.put(sample.group(1) + (sample.group(2) == null ? "" : sample.group(2)), Double.valueOf(sample.group(3)));
        });
        return samples;
    }

    private static double value(String sample) {
        return scrape().getOrDefault(sample, 0.0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET|/api/v1/nodes||200|LIST|cluster||nodes|",
        "GET|/api/v1/namespaces/NS/pods?labelSelector=a||200|LIST|namespace||pods|",
        "GET|/api/v1/namespaces/NS/pods/none||404|GET|resource||pods|",
        "HEAD|/api/v1/namespaces/NS/pods/none||404|GET|resource||pods|",
        "POST|/api/v1/namespaces/NS/configmaps|{\"metadata\":{\"name\":\"a\"}}|201|POST|resource||configmaps|",
        "POST|/api/v1/namespaces/NS/configmaps?dryRun=All|{\"metadata\":{\"name\":\"dry\"}}|201|POST|resource|All|configmaps|",
        "POST|/api/v1/namespaces/NS/configmaps?dryRun=1&dryRun=2|{\"metadata\":{\"name\":\"dry\"}}|422|POST|resource|invalid|configmaps|",
        "PUT|/api/v1/namespaces/NS/configmaps/none|{\"metadata\":{\"name\":\"none\"}}|404|PUT|resource||configmaps|",
        "PUT|/api/v1/namespaces/NS/pods/none/status|{\"metadata\":{\"name\":\"none\"}}|404|PUT|resource||pods|status",
        "GET|/api/v1/namespaces/NS/pods/none/log||404|CONNECT|resource||pods|log",
        "DELETE|/api/v1/namespaces/NS/secrets||200|DELETE|namespace||secrets|",
        "BREW|/api/v1/namespaces/NS/secrets||405|other|namespace||secrets|",
    })
    void requestsAreCountedByWhatTheyMean(String method, String path, String body, int code, String verb, String scope,
                                          String dryRun, String resource, String subresource) {
        String sample = "apiserver_request_total{code=\"" + code + "\",component=\"apiserver\",dry_run=\""
                + (dryRun == null ? "" : dryRun) + "\",group=\"\",resource=\"" + resource + "\",scope=\"" + scope
                + "\",subresource=\"" + (subresource == null ? "" : subresource) + "\",verb=\"" + verb + "\",version=\"v1\"}";
        double before = value(sample);
        assertEquals(code, server.send(method, path.replace("NS", namespace), body == null ? null : body.getBytes(StandardCharsets.UTF_8)).status());
        assertEquals(before + 1, value(sample), sample);
    }

    @Test
    void appliesAreToldFromOtherPatches() {
        String path = "/api/v1/namespaces/" + namespace + "/configmaps/applied?fieldManager=test";
        server.patch(path, "apply", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"applied\"}}");
        server.patch(path, "merge", "{\"data\":{\"a\":\"b\"}}");
        String labels = "component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"configmaps\",scope=\"resource\",subresource=\"\",verb=\"";
        assertEquals(1, value("apiserver_request_duration_seconds_count{" + labels + "APPLY\",version=\"v1\"}"));
        assertEquals(1, value("apiserver_request_duration_seconds_count{" + labels + "PATCH\",version=\"v1\"}"));
    }

    @Test
    void probesAreCountedByTheirPath() {
        server.get("/livez/ping");
        assertTrue(value("apiserver_request_total{code=\"200\",component=\"\",dry_run=\"\",group=\"\",resource=\"\",scope=\"\",subresource=\"/livez\",verb=\"GET\",version=\"\"}") >= 1);
    }

    @Test
    void watchesAndTheirEventsAreCounted() throws Exception {
        String path = "/api/v1/namespaces/" + namespace + "/services";
        String running = "apiserver_longrunning_requests{component=\"apiserver\",group=\"\",resource=\"services\",scope=\"namespace\",subresource=\"\",verb=\"WATCH\",version=\"v1\"}";
        String events = "apiserver_watch_events_total{group=\"\",resource=\"services\",version=\"v1\"}";
        double before = value(events);
        var stream = server.stream(path + "?watch=1");
        try (var lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            server.post(path, "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"ports\":[{\"port\":80}]}}");
            assertTrue(lines.readLine().contains("ADDED"));
            assertEquals(1, value(running));
            assertEquals(before + 1, value(events));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"apiserver_current_inflight_requests{request_kind=\"readOnly\"}",
        "apiserver_flowcontrol_nominal_limit_seats{priority_level=\"global-default\"}",
        "apiserver_flowcontrol_current_limit_seats{priority_level=\"leader-election\"}",
        "apiserver_flowcontrol_dispatched_requests_total{flow_schema=\"exempt\",priority_level=\"exempt\"}",
        "apiserver_flowcontrol_current_executing_seats{flow_schema=\"global-default\",priority_level=\"global-default\"}",
        "apiserver_flowcontrol_request_execution_seconds_count{flow_schema=\"global-default\",priority_level=\"global-default\",type=\"regular\"}",
        "apiserver_request_sli_duration_seconds_bucket{component=\"apiserver\",group=\"\",resource=\"nodes\",scope=\"cluster\",subresource=\"\",verb=\"LIST\",version=\"v1\",le=\"1.0\"}",
        "apiserver_response_sizes_count{component=\"apiserver\",group=\"\",resource=\"nodes\",scope=\"cluster\",subresource=\"\",verb=\"LIST\",version=\"v1\"}",
        "etcd_request_duration_seconds_count{group=\"\",operation=\"create\",resource=\"namespaces\"}",
        "apiserver_resource_objects{group=\"\",resource=\"namespaces\"}",
        "apiserver_resource_objects{group=\"apps\",resource=\"deployments\"}",
        "apiserver_storage_objects{resource=\"deployments.apps\"}",
        "process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds", "go_goroutines"})
    void dashboardsFind(String sample) {
        server.get("/api/v1/nodes");
        Map<String, Double> samples = scrape();
        assertTrue(samples.containsKey(sample), () -> sample + " is not among " + samples.keySet());
        if (sample.contains("\"namespaces\"")) {
            assertTrue(samples.get(sample) >= 4, sample + " " + samples.get(sample));
        }
    }

    @Test
    void clientsCannotMakeLabels() {
        hostile("warm");
        Set<String> before = new TreeSet<>(scrape().keySet());
        for (int i = 0; i < 50; i++) {
            hostile("x" + i);
        }
        Set<String> after = new TreeSet<>(scrape().keySet());
        after.removeAll(before);
        assertEquals(Set.of(), after);
    }

    private static void hostile(String word) {
        server.get("/" + word);
        server.get("/livez/" + word);
        server.get("/metrics/" + word);
        server.get("/api/v1/" + word);
        server.get("/apis/" + word + "/v1/pods");
        server.get("/apis/apps/" + word + "/deployments");
        server.get("/api/v1/namespaces/" + word + "/pods/" + word);
        server.get("/api/v1/namespaces/default/pods/a/" + word);
        server.get("/api/v1/pods?dryRun=" + word + "&fieldSelector=a%3D" + word);
        server.send(word.toUpperCase(java.util.Locale.ROOT), "/api/v1/pods", null);
        server.get("/api/v1/pods", "User-Agent", word);
    }
}
