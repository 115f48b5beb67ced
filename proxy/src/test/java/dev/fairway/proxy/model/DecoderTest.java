package dev.fairway.proxy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import dev.fairway.kube.ObjectKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class DecoderTest {
    private static final String SERVICE = """
            {"kind": "Service", "metadata": {"namespace": "shop", "name": "web", "labels": {}}, "spec": {
              "type": "LoadBalancer", "clusterIP": "10.100.0.1", "clusterIPs": ["10.100.0.1", "fd17::1"],
              "ports": [{"name": "http", "port": 80, "nodePort": 30080}, {"name": "dns", "port": 53, "protocol": "UDP"}],
              "externalIPs": ["198.51.100.1"], "loadBalancerSourceRanges": [" 10.0.0.0/8 "],
              "externalTrafficPolicy": "Local", "healthCheckNodePort": 32000, "sessionAffinity": "ClientIP",
              "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}}},
             "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}, {"ip": "203.0.113.2", "ipMode": "Proxy"},
              {"hostname": "lb.example"}]}}}""";
    private static final String SLICE = """
            {"kind": "EndpointSlice", "addressType": "IPv4",
             "metadata": {"namespace": "shop", "name": "web-1", "labels": {"kubernetes.io/service-name": "web"},
              "annotations": {"endpoints.kubernetes.io/last-change-trigger-time": "1970-01-01T00:00:02Z"}},
             "ports": [{"name": "http", "port": 8080}, {"name": "any"}],
             "endpoints": [{"addresses": ["10.180.0.1"], "nodeName": "node-a",
              "hints": {"forZones": [{"name": "z1"}], "forNodes": [{"name": "node-a"}]}},
              {"addresses": ["10.180.0.2"], "conditions": {"ready": false, "serving": true, "terminating": true}}]}""";

    @Test
    void serviceIsReadInFull() {
        Service service = ServiceDecoder.decode(Json.parseObject(SERVICE));
        assertEquals(new Service(new ObjectKey("shop", "web"), true,
                List.of(IpAddress.of("10.100.0.1"), IpAddress.of("fd17::1")),
                List.of(new ServicePort("http", Protocol.TCP, 80, 30_080), new ServicePort("dns", Protocol.UDP, 53, 0)),
                List.of(IpAddress.of("198.51.100.1")), List.of(IpAddress.of("203.0.113.1")), List.of(IpCidr.of("10.0.0.0/8")),
                60, true, false, 32_000), service);
    }

    @Test
    void defaultsAreTheApis() {
        Service service = ServiceDecoder.decode(Json.parseObject("""
                {"metadata": {"namespace": "a", "name": "b"},
                 "spec": {"clusterIP": "10.0.0.1", "sessionAffinity": "ClientIP", "externalTrafficPolicy": "Local",
                  "ports": [{"port": 1}]}}"""));
        assertEquals(10_800, service.affinitySeconds());
        assertEquals(List.of(IpAddress.of("10.0.0.1")), service.clusterIps());
        assertEquals(new ServicePort("", Protocol.TCP, 1, 0), service.ports().getFirst());
        assertFalse(service.externalPolicyLocal(), "a Service that is not reached from outside has no such policy");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/spec|clusterIP|\"None\"",
        "/spec|clusterIP|\"\"",
        "/spec|type|\"ExternalName\"",
        "/metadata/labels|service.kubernetes.io/service-proxy-name|\"mesh\"",
        "/metadata/labels|service.kubernetes.io/headless|\"\"",
    })
    void someServicesAreLeftToOthers(String parent, String field, String value) {
        ObjectNode json = Json.parseObject(SERVICE);
        set(json, parent, field, value);
        assertFalse(ServiceDecoder.decode(json).proxied());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/metadata|name|\"Web\"|metadata.name",
        "/metadata|name|\"web\\\" -j ACCEPT\"|metadata.name",
        "/metadata|namespace|\"\"|metadata.namespace",
        "/spec|clusterIP|7|spec.clusterIP",
        "/spec|clusterIPs|[\"10.0.0.1\",\"10.0.0.2\"]|spec.clusterIPs",
        "/spec|clusterIPs|[\"10.0.0.300\"]|spec.clusterIPs[0]",
        "/spec|ports|{}|spec.ports",
        "/spec/ports/0|port|0|spec.ports[0].port",
        "/spec/ports/0|port|65536|spec.ports[0].port",
        "/spec/ports/0|port|80.5|spec.ports[0].port",
        "/spec/ports/0|port|null|spec.ports[0].port",
        "/spec/ports/1|nodePort|-1|spec.ports[1].nodePort",
        "/spec/ports/1|name|\"http\"|spec.ports[1].name",
        "/spec/ports/1|name|\"a b\"|spec.ports[1].name",
        "/spec/ports/1|protocol|\"ICMP\"|spec.ports[1].protocol",
        "/spec|externalIPs|[\"10.0.0.1\",\"x\"]|spec.externalIPs[1]",
        "/spec|loadBalancerSourceRanges|[\"10.0.0.0/8\",\"any\"]|spec.loadBalancerSourceRanges[1]",
        "/spec|sessionAffinity|\"Cookie\"|spec.sessionAffinity",
        "/spec/sessionAffinityConfig/clientIP|timeoutSeconds|0|spec.sessionAffinityConfig.clientIP.timeoutSeconds",
        "/status/loadBalancer/ingress/0|ip|\"::x\"|status.loadBalancer.ingress[0].ip",
    })
    void badServiceIsRefusedByTheNameOfItsField(String parent, String field, String value, String named) {
        ObjectNode json = Json.parseObject(SERVICE);
        set(json, parent, field, value);
        RejectedException refused = assertThrows(RejectedException.class, () -> ServiceDecoder.decode(json));
        assertEquals(named, refused.rejection().field());
    }

    @Test
    void sliceIsReadInFull() {
        EndpointSlice slice = EndpointSliceDecoder.decode(Json.parseObject(SLICE));
        assertEquals(new ObjectKey("shop", "web"), slice.service());
        assertEquals(List.of(new EndpointPort("http", Protocol.TCP, 8080)), slice.ports());
        assertEquals(List.of(
                new Endpoint(IpAddress.of("10.180.0.1"), "node-a", new Hints(List.of("z1"), List.of("node-a")), true, true, false),
                new Endpoint(IpAddress.of("10.180.0.2"), "", Hints.NONE, false, true, true)), slice.endpoints());
        assertEquals(2000, slice.lastChangeTriggerMillis());
        assertTrue(slice.setAside().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/endpoints/0|addresses|[]|endpoints[0].addresses",
        "/endpoints/0|addresses|[\"fd18::1\"]|endpoints[0].addresses[0]",
        "/endpoints/0|addresses|[\"127.0.0.1\"]|endpoints[0].addresses[0]",
        "/endpoints/0|addresses|[\"10.180.0.1 -j ACCEPT\"]|endpoints[0].addresses[0]",
        "/endpoints/0|nodeName|1|endpoints[0].nodeName",
        "/endpoints/1/conditions|ready|\"yes\"|endpoints[1].conditions.ready",
        "/ports/0|port|70000|ports[0].port",
        "/ports/0|name|\"A\"|ports[0].name",
    })
    void badPartOfASliceIsSetAsideAlone(String parent, String field, String value, String named) {
        ObjectNode json = Json.parseObject(SLICE);
        set(json, parent, field, value);
        EndpointSlice slice = EndpointSliceDecoder.decode(json);
        assertEquals(named, slice.setAside().getFirst().field());
        assertEquals(1, slice.setAside().size());
        assertEquals(2, slice.endpoints().size() + slice.ports().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/metadata/labels|kubernetes.io/service-name|\"\"|metadata.labels[kubernetes.io/service-name]",
        "/metadata/labels|kubernetes.io/service-name|\"a/b\"|metadata.labels[kubernetes.io/service-name]",
        "/metadata|name|\"a..b\"|metadata.name",
        "|endpoints|\"many\"|endpoints",
    })
    void badSliceIsRefusedByTheNameOfItsField(String parent, String field, String value, String named) {
        ObjectNode json = Json.parseObject(SLICE);
        set(json, parent == null ? "" : parent, field, value);
        RejectedException refused = assertThrows(RejectedException.class, () -> EndpointSliceDecoder.decode(json));
        assertEquals(named, refused.rejection().field());
    }

    @Test
    void nodeIsReadWithInternalAddressesFirst() {
        Node node = NodeDecoder.decode(Json.parseObject("""
                {"metadata": {"name": "node-a.example", "labels": {"topology.kubernetes.io/zone": "z1"}},
                 "spec": {"podCIDR": "10.180.0.0/24"},
                 "status": {"addresses": [{"type": "Hostname", "address": "a"}, {"type": "ExternalIP", "address": "192.0.2.1"},
                  {"type": "InternalIP", "address": "172.21.0.2"}]}}"""));
        assertEquals(new Node("node-a.example", "z1", List.of(IpAddress.of("172.21.0.2"), IpAddress.of("192.0.2.1")),
                List.of(IpCidr.of("10.180.0.0/24"))), node);
    }

    @Test
    void whatIsBadInANodeIsPassedOver() {
        assertEquals(new Node("node-a", "", List.of(IpAddress.of("fd21::2")), List.of(IpCidr.of("fd18::/64"))),
                NodeDecoder.decode(Json.parseObject("""
                        {"metadata": {"name": "node-a", "labels": {"topology.kubernetes.io/zone": {}}},
                         "spec": {"podCIDRs": ["10.180.0.0/99", 7, null, "fd18::/64"]},
                         "status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.999"}, 3, {"type": "InternalIP"},
                          {"type": [], "address": "10.0.0.1"}, {"type": "InternalIP", "address": "fd21::2"}]}}""")));
        assertEquals(new Node("node-a", "", List.of(), List.of()), NodeDecoder.decode(Json.parseObject("""
                {"metadata": {"name": "node-a", "labels": 3}, "spec": [], "status": {"addresses": "none"}}""")));
    }

    private static void set(ObjectNode json, String parent, String field, String value) {
        ((ObjectNode) json.at(parent)).set(field, Json.mapper().readTree(value));
    }
}
