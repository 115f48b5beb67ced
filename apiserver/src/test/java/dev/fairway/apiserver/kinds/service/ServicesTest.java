package dev.fairway.apiserver.kinds.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.ApiServer;
import dev.fairway.apiserver.RunningServer;
import dev.fairway.apiserver.RunningServer.Answer;
import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.apiserver.config.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The fields of Services, on create and on update, and what they are given. */
class ServicesTest {
    private static final String CIDRS = "/apis/networking.k8s.io/v1/servicecidrs";
    private static final String ADDRESSES = "/apis/networking.k8s.io/v1/ipaddresses";
    private static RunningServer server;
    private String path;

    @BeforeAll
    static void start() {
        server = new RunningServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void namespace() {
        path = "/api/v1/namespaces/" + server.namespace() + "/services";
    }

    private Answer create(String name, String spec) {
        return server.post(path, "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":" + spec.replace('\'', '"') + "}");
    }

    private Answer patch(String name, String spec) {
        return server.patch(path + "/" + name, "merge", "{\"spec\":" + spec.replace('\'', '"') + "}");
    }

    private JsonNode made(String name, String spec) {
        Answer created = create(name, spec);
        assertEquals(201, created.status(), created.body());
        return created.json().path("spec");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{}|spec.ports|Required value",
        "{'ports':[{'port':0}]}|spec.ports[0].port|Invalid value: 0: must be between 1 and 65535, inclusive",
        "{'ports':[{'port':1},{'port':2}]}|spec.ports[0].name|Required value",
        "{'ports':[{'port':1,'name':'a'},{'port':2,'name':'a'}]}|spec.ports[1].name|Duplicate value: \"a\"",
        "{'ports':[{'port':1,'protocol':'ICMP'}]}|spec.ports[0].protocol|Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
        "{'ports':[{'port':1,'targetPort':'-a'}]}|spec.ports[0].targetPort|Invalid value: \"-a\": must not begin or end with a hyphen",
        "{'ports':[{'port':1,'nodePort':30000}]}|spec.ports[0].nodePort|Forbidden: may not be used when `type` is 'ClusterIP'",
        "{'type':'NodePort','ports':[{'port':1,'nodePort':1}]}|spec.ports[0].nodePort|Invalid value: 1: provided port is not in the valid range. The range of valid ports is 30000-32767",
        "{'type':'NodePort','clusterIP':'None','ports':[{'port':1}]}|spec.clusterIPs[0]|Invalid value: \"None\": may not be set to 'None' for NodePort services",
        "{'type':'ExternalName'}|spec.externalName|Required value",
        "{'type':'ExternalName','externalName':'a.b','clusterIP':'10.96.0.9'}|spec.clusterIPs|Forbidden: may not be set for ExternalName services",
        "{'clusterIP':'10.96.0.1','ports':[{'port':1}]}|spec.clusterIPs|Invalid value: \"[\\\"10.96.0.1\\\"]\": failed to allocate IP 10.96.0.1: provided IP is already allocated",
        "{'clusterIP':'10.96.0.0','ports':[{'port':1}]}|spec.clusterIPs|Invalid value: \"[\\\"10.96.0.0\\\"]\": failed to allocate IP 10.96.0.0: the provided IP (10.96.0.0) is not in the valid range. The range of valid IPs is 10.96.0.0/12",
        "{'clusterIP':'10.96.1','ports':[{'port':1}]}|spec.clusterIPs[0]|Invalid value: \"10.96.1\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        "{'externalIPs':['1'],'ports':[{'port':1}]}|spec.externalIPs[0]|Invalid value: \"1\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        "{'externalIPs':['fe80::1%eth0'],'ports':[{'port':1}]}|spec.externalIPs[0]|Invalid value: \"fe80::1%eth0\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        "{'ipFamilies':['IPv6'],'ports':[{'port':1}]}|spec.ipFamilies[0]|Invalid value: \"IPv6\": not configured on this cluster",
        "{'ipFamilyPolicy':'RequireDualStack','ports':[{'port':1}]}|spec.ipFamilyPolicy|Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services",
        "{'sessionAffinity':'ClientIP','sessionAffinityConfig':{'clientIP':{'timeoutSeconds':86401}},'ports':[{'port':1}]}|spec.sessionAffinityConfig.clientIP.timeoutSeconds|Invalid value: 86401: must be greater than 0 and less than 86400",
        "{'loadBalancerClass':'a/b','ports':[{'port':1}]}|spec.loadBalancerClass|Forbidden: may only be used when `type` is 'LoadBalancer'",
        "{'allocateLoadBalancerNodePorts':true,'ports':[{'port':1}]}|spec.allocateLoadBalancerNodePorts|Forbidden: may only be used when `type` is 'LoadBalancer'",
        "{'externalTrafficPolicy':'Local','ports':[{'port':1}]}|spec.externalTrafficPolicy|Invalid value: \"Local\": may only be set for externally-accessible services",
        "{'type':'LoadBalancer','healthCheckNodePort':31000,'ports':[{'port':1}]}|spec.healthCheckNodePort|Invalid value: 31000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        "{'trafficDistribution':'Near','ports':[{'port':1}]}|spec.trafficDistribution|Unsupported value: \"Near\": supported values: \"PreferClose\", \"PreferSameNode\", \"PreferSameZone\"",
    })
    void whatIsWrongOnCreate(String spec, String field, String message) {
        Answer refused = create("bad", spec);
        assertEquals(422, refused.status(), refused.body());
        assertTrue(refused.json().path("details").path("causes").valueStream().anyMatch(cause ->
                cause.path("field").asString().equals(field) && cause.path("message").asString().equals(message)), refused.body());
    }

    @Test
    void typesComeAndGoWithWhatBelongsToThem() {
        JsonNode balanced = made("a", "{'type':'LoadBalancer','externalTrafficPolicy':'Local','ports':[{'port':80}]}");
        int port = balanced.at("/ports/0/nodePort").asInt();
        int health = balanced.path("healthCheckNodePort").asInt();
        assertTrue(port >= 30000 && health >= 30000 && port != health);
        assertEquals("taken", create("b", "{'type':'NodePort','ports':[{'port':80,'nodePort':" + health + "}]}").status() == 422 ? "taken" : "free");

        JsonNode node = patch("a", "{'type':'NodePort'}").json().path("spec");
        assertEquals(port, node.at("/ports/0/nodePort").asInt());
        assertFalse(node.has("healthCheckNodePort") || node.has("allocateLoadBalancerNodePorts"));
        made("b", "{'type':'NodePort','ports':[{'port':80,'nodePort':" + health + "}]}");

        String ip = node.path("clusterIP").asString();
        JsonNode inner = patch("a", "{'type':'ClusterIP'}").json().path("spec");
        assertEquals(ip, inner.path("clusterIP").asString());
        assertFalse(inner.path("ports").get(0).has("nodePort") || inner.has("externalTrafficPolicy"));
        made("c", "{'type':'NodePort','ports':[{'port':80,'nodePort':" + port + "}]}");

        JsonNode name = patch("a", "{'type':'ExternalName','externalName':'x.y'}").json().path("spec");
        assertFalse(name.has("clusterIP") || name.has("clusterIPs") || name.has("ipFamilies") || name.has("internalTrafficPolicy"));
        assertEquals(404, server.get(ADDRESSES + "/" + ip).status());
        assertEquals(ip, made("d", "{'clusterIP':'" + ip + "','ports':[{'port':1}]}").path("clusterIP").asString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{'clusterIP':'10.96.9.9','clusterIPs':['10.96.9.9']}|spec.clusterIPs[0]|may not change once set",
        "{'clusterIP':'None'}|spec.clusterIPs[0]|may not change once set",
        "{'ipFamilies':['IPv6']}|spec.ipFamilies[0]|may not change once set",
        "{'loadBalancerClass':'c/d'}|spec.loadBalancerClass|may not change once set",
        "{'loadBalancerClass':null}|spec.loadBalancerClass|may not change once set",
        "{'healthCheckNodePort':32001}|spec.healthCheckNodePort|field is immutable",
    })
    void whatMayNotChange(String change, String field, String detail) {
        made("a", "{'type':'LoadBalancer','loadBalancerClass':'a/b','externalTrafficPolicy':'Local','ports':[{'port':80}]}");
        Answer refused = patch("a", change);
        assertEquals(422, refused.status(), refused.body());
        assertTrue(refused.json().path("details").path("causes").valueStream().anyMatch(cause ->
                cause.path("field").asString().equals(field) && cause.path("message").asString().endsWith(detail)), refused.body());
    }

    @Test
    void aDryRunAndARefusalTakeNothing() {
        long before = server.get(ADDRESSES).json().path("items").size();
        long ports = server.store().count("/registry/ranges/servicenodeports/");
        Answer dry = server.post(path + "?dryRun=All", "{\"metadata\":{\"name\":\"dry\"},\"spec\":{\"type\":\"NodePort\",\"ports\":[{\"port\":1}]}}");
        assertEquals(201, dry.status(), dry.body());
        assertTrue(dry.json().at("/spec/ports/0/nodePort").asInt() >= 30000);
        assertEquals(422, create("bad", "{'type':'NodePort','ports':[{'port':1},{'port':2,'nodePort':1}]}").status());
        assertEquals(before, server.get(ADDRESSES).json().path("items").size());
        assertEquals(ports, server.store().count("/registry/ranges/servicenodeports/"));
    }

    @Test
    void anotherServiceCidrWidensWhatThereIsToGive() {
        assertEquals(422, create("a", "{'clusterIP':'10.200.0.2','ports':[{'port':1}]}").status());
        assertEquals(201, server.post(CIDRS, "{\"metadata\":{\"name\":\"more\"},\"spec\":{\"cidrs\":[\"10.200.0.0/29\"]}}").status());
        assertEquals("10.200.0.2", made("a", "{'clusterIP':'10.200.0.2','ports':[{'port':1}]}").path("clusterIP").asString());
        assertEquals("services", server.get(ADDRESSES + "/10.200.0.2").json().at("/spec/parentRef/resource").asString());
        // One that is not ready gives nothing.
        String status = "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\",\"reason\":\"Terminating\",\"message\":\"\",\"lastTransitionTime\":\"2026-01-01T00:00:00Z\"}]}}";
        assertEquals(200, server.patch(CIDRS + "/more/status", "merge", status).status());
        assertEquals(422, create("b", "{'clusterIP':'10.200.0.3','ports':[{'port':1}]}").status());
        server.delete(CIDRS + "/more", "");
    }

    @Test
    void aFullRangeOverflowsIntoTheNext() {
        try (RunningServer small = RunningServer.configured(config -> config.withServiceCidrs(List.of(Cidr.parse("10.30.0.0/29"))))) {
            String services = "/api/v1/namespaces/default/services";
            Set<String> ips = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                Answer made = small.post(services, "{\"metadata\":{\"name\":\"s" + i + "\"},\"spec\":{\"ports\":[{\"port\":1}]}}");
                assertEquals(201, made.status(), made.body());
                ips.add(made.json().at("/spec/clusterIP").asString());
            }
            assertEquals(5, ips.size());
            Answer full = small.post(services, "{\"metadata\":{\"name\":\"full\"},\"spec\":{\"ports\":[{\"port\":1}]}}");
            assertTrue(full.message().contains("range is full"), full.body());
            small.post(CIDRS, "{\"metadata\":{\"name\":\"more\"},\"spec\":{\"cidrs\":[\"10.31.0.0/29\"]}}");
            Answer more = small.post(services, "{\"metadata\":{\"name\":\"full\"},\"spec\":{\"ports\":[{\"port\":1}]}}");
            assertTrue(more.json().at("/spec/clusterIP").asString().startsWith("10.31.0."), more.body());
            small.delete(services + "/s0", "");
            Answer again = small.post(services, "{\"metadata\":{\"name\":\"again\"},\"spec\":{\"ports\":[{\"port\":1}]}}");
            assertTrue(again.json().at("/spec/clusterIP").asString().startsWith("10.30.0."), again.body());
        }
    }

    @Test
    void twoFamilies() {
        try (RunningServer dual = RunningServer.configured(config ->
                config.withServiceCidrs(List.of(Cidr.parse("10.96.0.0/16"), Cidr.parse("fd00:10:96::/112"))))) {
            String services = "/api/v1/namespaces/default/services";
            Answer single = dual.post(services, "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"ports\":[{\"port\":1}]}}");
            assertEquals("[\"IPv4\"]", single.json().at("/spec/ipFamilies").toString());
            Answer both = dual.patch(services + "/a", "merge", "{\"spec\":{\"ipFamilyPolicy\":\"PreferDualStack\"}}");
            assertEquals(200, both.status(), both.body());
            assertEquals("[\"IPv4\",\"IPv6\"]", both.json().at("/spec/ipFamilies").toString());
            String second = both.json().at("/spec/clusterIPs/1").asString();
            assertTrue(second.startsWith("fd00:10:96::"), second);
            assertEquals("IPv6", dual.get(ADDRESSES + "/" + second).json().at("/metadata/labels/ipaddress.kubernetes.io~1ip-family").asString());
            Answer one = dual.patch(services + "/a", "merge", "{\"spec\":{\"ipFamilyPolicy\":\"SingleStack\"}}");
            assertEquals(200, one.status(), one.body());
            assertEquals(1, one.json().at("/spec/clusterIPs").size());
            assertEquals(404, dual.get(ADDRESSES + "/" + second).status());
            Answer six = dual.post(services, "{\"metadata\":{\"name\":\"b\"},\"spec\":{\"ipFamilyPolicy\":\"RequireDualStack\",\"clusterIP\":\"fd00:10:96::5\",\"ports\":[{\"port\":1}]}}");
            assertEquals("[\"IPv6\",\"IPv4\"]", six.json().at("/spec/ipFamilies").toString(), six.body());
            Answer odd = dual.post(services, "{\"metadata\":{\"name\":\"c\"},\"spec\":{\"clusterIP\":\"FD00:10:96::6\",\"ports\":[{\"port\":1}]}}");
            assertEquals(422, odd.status());
            assertEquals(404, dual.get(ADDRESSES + "/fd00:10:96::6").status());
        }
    }

    @Test
    void twoServersOfOneStoreDoNotGiveOnePortTwice(@TempDir Path directory) throws Exception {
        ApiServerConfig config = ApiServerConfig.defaults(directory).withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try (ApiServer other = ApiServer.builder(config, server.store()).start()) {
            NodePorts there = NodePorts.load(other.context());
            int port = made("a", "{'type':'NodePort','ports':[{'port':1}]}").at("/ports/0/nodePort").asInt();
            assertFalse(there.take(port, "other/service", false));
            assertTrue(there.take(port == 30001 ? 30002 : 30001, "other/service", false));
            assertEquals(422, create("b", "{'type':'NodePort','ports':[{'port':1,'nodePort':" + (port == 30001 ? 30002 : 30001) + "}]}").status());
        }
    }
}
