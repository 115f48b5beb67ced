package dev.fairway.proxy.server;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import dev.fairway.testkit.Prober;
import dev.fairway.testkit.Topology;
import dev.fairway.testkit.api.FakeApiServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

@Timeout(120)
class ProxyServerTest {
    private static final String VIP = "10.100.0.10";

    private Topology topology;
    private FakeApiServer api;
    private ApiObjects objects;
    private NamespaceHttp http;

    @BeforeEach
    void build() throws IOException {
        topology = Topology.create();
        api = FakeApiServer.http();
        objects = ApiObjects.in(api);
        http = new NamespaceHttp(topology.node());
    }

    @AfterEach
    void tearDown() throws IOException {
        api.close();
        topology.close();
    }

    private ProxyServer start(String yaml) throws Exception {
        ProxyServer proxy = RunningProxy.start(topology.node(), api, RunningProxy.config(yaml));
        RunningProxy.awaitSynced(proxy);
        return proxy;
    }

    private Set<String> podsBehind(String address, int port) throws IOException {
        return Prober.from(topology.place("pod")).tries(12).tcp(address, port).endpoints().keySet();
    }

    @Test
    void followsTheApiServerAndReportsOnItself() throws Exception {
        objects.service("web", VIP, "TCP", "");
        objects.slice("web", "TCP", "10.180.0.12", "10.180.1.11");
        try (ProxyServer _ = start("")) {
            assertEquals(Set.of("pa2", "pb1"), podsBehind(VIP, 80));
            objects.slice("web", "TCP", "10.180.1.12");
            until(() -> podsBehind(VIP, 80).equals(Set.of("pb2")));
            objects.deleteService("web");
            until(() -> podsBehind(VIP, 80).isEmpty());

            NamespaceHttp.Answer healthz = http.get("172.21.0.2", 10256, "/healthz");
            assertEquals(200, healthz.status());
            assertEquals("application/json", healthz.header("Content-Type").orElseThrow());
            assertEquals("nosniff", healthz.header("X-Content-Type-Options").orElseThrow());
            ObjectNode json = Json.parseObject(healthz.body());
            assertEquals(List.of("lastUpdated", "currentTime", "nodeEligible", "healthy", "status"),
                    List.copyOf(json.propertyNames()));
            assertEquals(Set.of("IPv4", "IPv6"), Set.copyOf(json.get("status").propertyNames()));
            assertFalse(Json.parseObject(http.get("fd21::2", 10256, "/livez").body()).has("nodeEligible"));
            assertEquals(404, http.get("127.0.0.1", 10256, "/else").status());

            assertEquals("iptables", http.get("127.0.0.1", 10249, "/proxyMode").body());
            assertEquals("ok", http.get("127.0.0.1", 10249, "/healthz").body());
            assertEquals("[+]ping ok\nhealthz check passed\n", http.get("127.0.0.1", 10249, "/healthz?verbose").body());
            ObjectNode configz = Json.parseObject(http.get("127.0.0.1", 10249, "/configz").body());
            assertEquals("iptables", configz.at("/kubeproxy.config.k8s.io/Mode").asString());
            assertEquals("0s", configz.at("/kubeproxy.config.k8s.io/Linux/Conntrack/TCPEstablishedTimeout").asString());
            assertEquals("fd18::/32", configz.at("/kubeproxy.config.k8s.io/DetectLocal/ClusterCIDRs/1").asString());
            assertThrows(IOException.class, () -> http.get("172.21.0.2", 10249, "/metrics"));
            assertMetrics(http.get("127.0.0.1", 10249, "/metrics").body());
        }
        assertThrows(IOException.class, () -> http.get("127.0.0.1", 10256, "/healthz"));
    }

    /** The series that the dashboards and alerts for kube-proxy read, with values that fit what happened above. */
    private void assertMetrics(String text) {
        String host = api.uri().getAuthority();
        for (String line : List.of(
                "kubeproxy_sync_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"}",
                "kubeproxy_sync_proxy_rules_service_changes_total 2",
                "kubeproxy_sync_proxy_rules_endpoint_changes_total 2",
                "kubeproxy_sync_proxy_rules_service_changes_pending 0",
                "kubeproxy_proxy_healthz_total{code=\"200\"} 1",
                "kubeproxy_proxy_livez_total{code=\"200\"} 1",
                "rest_client_requests_total{code=\"200\",host=\"" + host + "\",method=\"GET\"}",
                "rest_client_request_duration_seconds_bucket{host=\"" + host + "\",verb=\"GET\",le=\"0.005\"}",
                "process_cpu_seconds_total ", "process_resident_memory_bytes ", "go_goroutines ",
                "kubernetes_build_info{")) {
            assertTrue(text.lines().anyMatch(found -> found.startsWith(line)), () -> line + " is not in\n" + text);
        }
    }

    @Test
    void countsPacketsToLocalhostNodePorts() throws Exception {
        api.put(ApiObjects.SERVICES, "ns/web", """
                {"kind":"Service","metadata":{"namespace":"ns","name":"web"},"spec":{"type":"NodePort","clusterIP":"10.100.0.10",
                "clusterIPs":["10.100.0.10"],"ports":[{"protocol":"TCP","port":80,"targetPort":8080,"nodePort":30080}]}}"""
                .replace("\n", ""));
        objects.slice("web", "TCP", "10.180.0.12");
        try (ProxyServer _ = start("")) {
            assertEquals(Set.of("pa2"), Prober.from(topology.node()).tries(3).tcp("127.0.0.1", 30080).endpoints().keySet());
            String name = "kubeproxy_iptables_localhost_nodeports_accepted_packets_total ";
            String line = http.get("127.0.0.1", 10249, "/metrics").body().lines()
                    .filter(found -> found.startsWith(name)).findFirst().orElse(name + "-1");
            assertTrue(Double.parseDouble(line.substring(name.length())) >= 3, line);
        }
    }

    @Test
    void aNodeThatIsLeavingIsNoGoalForLoadBalancers() throws Exception {
        try (ProxyServer _ = start("")) {
            until(() -> http.get("127.0.0.1", 10256, "/healthz").status() == 200);
            objects.node("\"taints\":[{\"key\":\"ToBeDeletedByClusterAutoscaler\",\"effect\":\"NoSchedule\"}],");
            until(() -> http.get("127.0.0.1", 10256, "/healthz").status() == 503);
            assertFalse(Json.parseObject(http.get("127.0.0.1", 10256, "/healthz").body()).get("nodeEligible").booleanValue());
            assertEquals(200, http.get("127.0.0.1", 10256, "/livez").status());
            objects.node("");
            until(() -> http.get("127.0.0.1", 10256, "/healthz").status() == 200);
            objects.node("\"name\":\"node-a\",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"", "");
            until(() -> http.get("127.0.0.1", 10256, "/healthz").status() == 503);
            api.delete(ApiObjects.NODES, "node-a");
            assertEquals(503, http.get("127.0.0.1", 10256, "/healthz").status());
        }
    }

    @Test
    void aHealthCheckNodePortCountsTheReadyEndpointsHere() throws Exception {
        objects.service("lb", VIP, "TCP", ",\"type\":\"LoadBalancer\",\"externalTrafficPolicy\":\"Local\",\"healthCheckNodePort\":32000");
        objects.slice("lb", "TCP", "10.180.0.11", "10.180.0.12", "10.180.1.11");
        try (ProxyServer _ = start("")) {
            NamespaceHttp outside = new NamespaceHttp(topology.place("external"));
            NamespaceHttp.Answer answer = outside.get("172.21.0.2", 32000, "/any/path");
            assertEquals(200, answer.status());
            assertEquals("2", answer.header("X-Load-Balancing-Endpoint-Weight").orElseThrow());
            assertEquals(Json.mapper().readTree("{\"service\":{\"namespace\":\"ns\",\"name\":\"lb\"},\"localEndpoints\":2,"
                    + "\"serviceProxyHealthy\":true}"), Json.parseObject(answer.body()));
            objects.slice("lb", "TCP", "10.180.1.11");
            until(() -> outside.get("172.21.0.2", 32000, "/").status() == 503);
            objects.slice("lb", "TCP", "10.180.0.13");
            until(() -> outside.get("172.21.0.2", 32000, "/").status() == 200);
            objects.service("lb", VIP, "TCP", ",\"type\":\"LoadBalancer\"");
            until(() -> {
                try {
                    outside.get("172.21.0.2", 32000, "/");
                    return false;
                } catch (IOException gone) {
                    return true;
                }
            });
        }
    }

    @Test
    void aTakenHealthCheckNodePortIsReportedAndTriedAgain() throws Exception {
        try (ProxyServer _ = start("")) {
            HttpListener taken = HttpListener.open(java.util.Optional.of(topology.node()),
                    new dev.fairway.proxy.config.HostPort(dev.fairway.proxy.model.IpAddress.of("0.0.0.0"), 32000), Map.of());
            objects.service("lb", VIP, "TCP", ",\"type\":\"LoadBalancer\",\"externalTrafficPolicy\":\"Local\",\"healthCheckNodePort\":32000");
            objects.slice("lb", "TCP", "10.180.0.11");
            until(() -> events("FailedToStartServiceHealthcheck").size() == 1);
            ObjectNode event = events("FailedToStartServiceHealthcheck").getFirst();
            assertEquals("Listen", event.path("action").asString());
            assertEquals("kube-proxy", event.path("reportingController").asString());
            assertTrue(event.path("note").asString().startsWith("node node-a failed to start healthcheck \"ns/lb\" on port 32000"));
            assertEquals("Service", event.at("/regarding/kind").asString());
            taken.close();
            objects.slice("lb", "TCP", "10.180.0.11", "10.180.0.12");
            until(() -> {
                try {
                    return http.get("172.21.0.2", 32000, "/").status() == 200;
                } catch (IOException notYet) {
                    return false;
                }
            });
        }
    }

    private List<ObjectNode> events(String reason) {
        return api.requests().stream()
                .filter(request -> request.method().equals("POST") && request.path().startsWith("/apis/events.k8s.io/v1/namespaces/"))
                .map(request -> Json.parseObject(request.body()))
                .filter(event -> event.path("reason").asString().equals(reason))
                .toList();
    }

    @Test
    void saysThatItStarts() throws Exception {
        try (ProxyServer _ = start("")) {
            until(() -> events("Starting").size() == 1);
            ObjectNode event = events("Starting").getFirst();
            assertEquals("Normal", event.path("type").asString());
            assertEquals("StartKubeProxy", event.path("action").asString());
            assertEquals("node-a", event.at("/regarding/name").asString());
            assertEquals("default", event.at("/metadata/namespace").asString());
            assertTrue(event.path("eventTime").asString().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z"));
        }
    }

    @Test
    void oneBadServiceIsReportedAndTheOthersWork() throws Exception {
        objects.service("bad", "10.100.0.999", "TCP", "");
        objects.service("web", VIP, "TCP", "");
        objects.slice("web", "TCP", "10.180.0.12");
        try (ProxyServer _ = start("")) {
            assertEquals(Set.of("pa2"), podsBehind(VIP, 80));
            until(() -> events("InvalidObject").size() == 1);
            assertTrue(events("InvalidObject").getFirst().path("note").asString().contains("10.100.0.999"));
            assertEquals("uid-of-bad", events("InvalidObject").getFirst().at("/regarding/uid").asString());
            objects.service("bad", "10.100.0.11", "TCP", "");
            objects.slice("bad", "TCP", "10.180.0.13");
            until(() -> podsBehind("10.100.0.11", 80).equals(Set.of("pa3")));
        }
    }

    @Test
    void oneBadEndpointIsReportedOnceAndTheOthersWork() throws Exception {
        objects.service("web", VIP, "TCP", "");
        objects.slice("web", "TCP", "10.180.0.12", "10.180.0.999");
        try (ProxyServer _ = start("")) {
            assertEquals(Set.of("pa2"), podsBehind(VIP, 80));
            until(() -> events("InvalidObject").size() == 1);
            assertTrue(events("InvalidObject").getFirst().path("note").asString()
                    .startsWith("EndpointSlice ns/web-1: endpoints[1].addresses[0]: "));
            assertEquals("EndpointSlice", events("InvalidObject").getFirst().path("regarding").path("kind").asString());
            String metric = "fairway_proxy_objects_set_aside_total{kind=\"EndpointSlice\"} 1.0";
            assertTrue(http.get("127.0.0.1", 10249, "/metrics").body().contains(metric));
            objects.slice("web", "TCP", "10.180.0.13", "10.180.0.999");
            until(() -> podsBehind(VIP, 80).equals(Set.of("pa3")));
            assertTrue(http.get("127.0.0.1", 10249, "/metrics").body().contains(metric));
        }
    }

    @Test
    void whileTheApiServerIsAwayTrafficGoesOnAndThenTheDifferenceIsApplied() throws Exception {
        objects.service("web", VIP, "TCP", "");
        objects.slice("web", "TCP", "10.180.0.12");
        try (ProxyServer _ = start("")) {
            api.stop();
            objects.slice("web", "TCP", "10.180.0.13");
            assertEquals(Set.of("pa2"), podsBehind(VIP, 80));
            assertEquals(200, http.get("127.0.0.1", 10256, "/livez").status());
            api.start();
            until(() -> podsBehind(VIP, 80).equals(Set.of("pa3")));
        }
    }

    @Test
    void closingLeavesTheRules() throws Exception {
        objects.service("web", VIP, "TCP", "");
        objects.slice("web", "TCP", "10.180.0.12");
        start("").close();
        assertEquals(Set.of("pa2"), podsBehind(VIP, 80));
    }

    @Test
    void twoProxiesInOneProcessKeepApart() throws Exception {
        objects.service("web", VIP, "TCP", "");
        objects.slice("web", "TCP", "10.180.0.12");
        try (ProxyServer _ = start("");
                ProxyServer there = RunningProxy.start(topology.host("b"), api, RunningProxy.config(""))) {
            RunningProxy.awaitSynced(there);
            assertEquals(200, new NamespaceHttp(topology.host("b")).get("127.0.0.1", 10256, "/healthz").status());
            assertEquals(200, http.get("127.0.0.1", 10256, "/healthz").status());
            assertEquals(Set.of("pa2"), Prober.from(topology.host("b")).tries(3).tcp(VIP, 80).endpoints().keySet());
        }
    }

    @Test
    void withHardFailATakenPortEndsTheProxy() throws Exception {
        try (HttpListener _ = HttpListener.open(java.util.Optional.of(topology.node()),
                        new dev.fairway.proxy.config.HostPort(dev.fairway.proxy.model.IpAddress.of("0.0.0.0"), 10256), Map.of());
                ProxyServer proxy = start("bindAddressHardFail: true\n")) {
            ExecutionException failure = assertThrows(ExecutionException.class, () -> proxy.failure().get(10, TimeUnit.SECONDS));
            assertTrue(failure.getMessage().contains("healthz server cannot listen on 0.0.0.0:10256"), failure::getMessage);
            until(() -> events("FailedToStartProxierHealthcheck").size() == 1);
        }
    }

    @Test
    void asksOnlyForWhatItIsToProxy() throws Exception {
        try (ProxyServer _ = start("")) {
            String selector = "!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name";
            until(() -> api.openWatches(ApiObjects.SERVICES) == 1 && api.openWatches(ApiObjects.SLICES) == 1
                    && api.openWatches(ApiObjects.NODES) == 1);
            assertTrue(api.requests().stream().filter(request -> request.path().equals(ApiObjects.SERVICES)
                            || request.path().equals(ApiObjects.SLICES))
                    .allMatch(request -> selector.equals(request.query().get("labelSelector"))));
            assertTrue(api.requests().stream().filter(request -> request.path().equals(ApiObjects.NODES))
                    .allMatch(request -> "metadata.name=node-a".equals(request.query().get("fieldSelector"))));
        }
    }
}
