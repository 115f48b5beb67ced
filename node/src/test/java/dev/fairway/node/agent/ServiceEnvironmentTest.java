package dev.fairway.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.kube.KubeObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ServiceEnvironmentTest {
    private static KubeObject service(String json) {
        return KubeObject.parse(json);
    }

    @Test
    void aServiceIsFoundByItsHostItsPortsAndItsLinks() {
        KubeObject redis = service("""
                {"metadata":{"name":"redis-primary"},"spec":{"clusterIP":"10.0.0.11","ports":[
                {"port":6379,"protocol":"TCP"},{"name":"gossip-port","port":16379,"protocol":"UDP"}]}}""");
        assertEquals(Map.ofEntries(
                Map.entry("REDIS_PRIMARY_SERVICE_HOST", "10.0.0.11"),
                Map.entry("REDIS_PRIMARY_SERVICE_PORT", "6379"),
                Map.entry("REDIS_PRIMARY_SERVICE_PORT_GOSSIP_PORT", "16379"),
                Map.entry("REDIS_PRIMARY_PORT", "tcp://10.0.0.11:6379"),
                Map.entry("REDIS_PRIMARY_PORT_6379_TCP", "tcp://10.0.0.11:6379"),
                Map.entry("REDIS_PRIMARY_PORT_6379_TCP_PROTO", "tcp"),
                Map.entry("REDIS_PRIMARY_PORT_6379_TCP_PORT", "6379"),
                Map.entry("REDIS_PRIMARY_PORT_6379_TCP_ADDR", "10.0.0.11"),
                Map.entry("REDIS_PRIMARY_PORT_16379_UDP", "udp://10.0.0.11:16379"),
                Map.entry("REDIS_PRIMARY_PORT_16379_UDP_PROTO", "udp"),
                Map.entry("REDIS_PRIMARY_PORT_16379_UDP_PORT", "16379"),
                Map.entry("REDIS_PRIMARY_PORT_16379_UDP_ADDR", "10.0.0.11")),
                ServiceEnvironment.of(List.of(redis)));
    }

    @Test
    void anAddressOfVersion6StandsInBracketsInALink() {
        KubeObject six = service("{\"metadata\":{\"name\":\"six\"},\"spec\":{\"clusterIP\":\"fd00::1\",\"ports\":[{\"port\":80}]}}");
        Map<String, String> variables = ServiceEnvironment.of(List.of(six));
        assertEquals("tcp://[fd00::1]:80", variables.get("SIX_PORT"));
        assertEquals("fd00::1", variables.get("SIX_SERVICE_HOST"));
    }

    @Test
    void headlessAndExternalServicesHaveNoVariables() {
        KubeObject headless = service("{\"metadata\":{\"name\":\"h\"},\"spec\":{\"clusterIP\":\"None\",\"ports\":[{\"port\":80}]}}");
        KubeObject external = service("{\"metadata\":{\"name\":\"e\"},\"spec\":{\"type\":\"ExternalName\",\"externalName\":\"x.y\"}}");
        assertEquals(Map.of(), ServiceEnvironment.of(List.of(headless, external)));
    }
}
