package dev.fairway.controllers.endpointslice;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.KubeObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class MirrorTest {
    private static KubeObject endpoints(String metadata, String subsets) {
        return object("{apiVersion: 'v1', kind: 'Endpoints', metadata: {namespace: 'ns', name: 'web', uid: 'e' "
                + (metadata.isEmpty() ? "" : ", " + metadata) + "}, subsets: [" + subsets + "]}");
    }

    @Test
    void someEndpointsAreNotMirrored() {
        assertTrue(Mirror.wanted(endpoints("", "")));
        assertFalse(Mirror.wanted(endpoints("labels: {'endpointslice.kubernetes.io/skip-mirror': 'true'}", "")));
        assertFalse(Mirror.wanted(endpoints("labels: {'endpoints.kubernetes.io/managed-by': 'endpoint-controller'}", "")));
        assertFalse(Mirror.wanted(endpoints("annotations: {'control-plane.alpha.kubernetes.io/leader': '{}'}", "")));
    }

    @Test
    void subsetsBecomeSlices() {
        SlicePlan plan = Mirror.plan(endpoints("labels: {a: 'b'}, annotations: {c: 'd', 'kubectl.kubernetes.io/last-applied-configuration': 'x'}", """
                {addresses: [{ip: '10.0.0.1', nodeName: 'n', hostname: 'h'}], notReadyAddresses: [{ip: '10.0.0.2'}], ports: [{port: 1}]},
                {addresses: [{ip: '10.0.0.1'}], ports: [{port: 2, name: 'two'}]}"""), List.of());
        assertEquals(2, plan.create().size());
        KubeObject first = plan.create().getFirst();
        assertEquals("[{\"addresses\":[\"10.0.0.1\"],\"conditions\":{\"ready\":true},\"hostname\":\"h\",\"nodeName\":\"n\"},"
                + "{\"addresses\":[\"10.0.0.2\"],\"conditions\":{\"ready\":false}}]", first.at("/endpoints").toString());
        assertEquals("[{\"name\":\"\",\"port\":1,\"protocol\":\"TCP\"}]", first.at("/ports").toString());
        assertEquals("{\"a\":\"b\",\"endpointslice.kubernetes.io/managed-by\":\"endpointslicemirroring-controller.k8s.io\","
                + "\"kubernetes.io/service-name\":\"web\"}", first.at("/metadata/labels").toString());
        assertEquals("{\"c\":\"d\"}", first.at("/metadata/annotations").toString());
        assertEquals("Endpoints", first.controllerRef().orElseThrow().kind());
    }

    @Test
    void emptyEndpointsHaveNoSlice() {
        assertTrue(Mirror.plan(endpoints("", ""), List.of()).isEmpty());
    }
}
