package dev.fairway.controllers.endpoints;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.controllers.Objects;
import dev.fairway.kube.KubeObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointsContentTest {
    private static final KubeObject SERVICE = object("""
            {apiVersion: 'v1', kind: 'Service', metadata: {namespace: 'ns', name: 'web', uid: 's'},
             spec: {clusterIP: '10.0.0.1', selector: {app: 'web'}, ports: [{port: 80, targetPort: 8080}]}}
            """);

    private static KubeObject pod(int number, boolean ready) {
        KubeObject pod = Objects.pod("p" + number, "n1", ready, "2026-01-01T00:00:00Z");
        pod.status().put("podIP", "10.1.0." + number);
        return pod;
    }

    @Test
    void readyAndNotReadyAreApart() {
        KubeObject endpoints = EndpointsContent.of(SERVICE, List.of(pod(2, false), pod(1, true)), 1000);
        assertEquals("[{\"addresses\":[{\"ip\":\"10.1.0.1\",\"nodeName\":\"n1\",\"targetRef\":"
                + "{\"kind\":\"Pod\",\"namespace\":\"ns\",\"name\":\"p1\",\"uid\":\"uid-p1\"}}],"
                + "\"notReadyAddresses\":[{\"ip\":\"10.1.0.2\",\"nodeName\":\"n1\",\"targetRef\":"
                + "{\"kind\":\"Pod\",\"namespace\":\"ns\",\"name\":\"p2\",\"uid\":\"uid-p2\"}}],"
                + "\"ports\":[{\"port\":8080,\"protocol\":\"TCP\"}]}]", endpoints.at("/subsets").toString());
        assertEquals("endpoint-controller", endpoints.labels().get("endpoints.kubernetes.io/managed-by"));
    }

    @Test
    void deletedPodsAreLeftOut() {
        KubeObject going = pod(1, true);
        going.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z");
        assertEquals("", EndpointsContent.of(SERVICE, List.of(going), 1000).at("/subsets").asString(""));
    }

    @Test
    void readyAddressesSurviveTruncation() {
        KubeObject endpoints =
                EndpointsContent.of(SERVICE, List.of(pod(1, false), pod(2, true), pod(3, true)), 2);
        assertEquals(2, endpoints.at("/subsets/0/addresses").size());
        assertEquals(0, endpoints.at("/subsets/0/notReadyAddresses").size());
        assertEquals("truncated", endpoints.annotations().get("endpoints.kubernetes.io/over-capacity"));
    }

    @Test
    void theFirstFamilyCounts() {
        KubeObject service = SERVICE.copy();
        service.spec().putArray("ipFamilies").add("IPv6").add("IPv4");
        KubeObject pod = pod(1, true);
        pod.status().putArray("podIPs").addObject().put("ip", "10.1.0.1");
        pod.status().withArray("/podIPs").addObject().put("ip", "fd00::1");
        assertEquals("fd00::1",
                EndpointsContent.of(service, List.of(pod), 1000).string("/subsets/0/addresses/0/ip"));
    }
}
