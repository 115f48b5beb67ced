package dev.fairway.controllers.endpointslice;

import static dev.fairway.controllers.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.controllers.Objects;
import dev.fairway.kube.KubeObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SlicePlanTest {
    private static final KubeObject NODE = object("""
            {metadata: {name: 'n1', labels: {'topology.kubernetes.io/zone': 'z1'}}}""");

    private final Map<String, KubeObject> slices = new LinkedHashMap<>();
    private int names;

    private static KubeObject service(String spec) {
        return object("""
                {apiVersion: 'v1', kind: 'Service', metadata: {namespace: 'ns', name: 'web', uid: 's', labels: {team: 'a'}},
                 spec: {clusterIP: '10.0.0.1', ipFamilies: ['IPv4'], selector: {app: 'web'},
                        ports: [{name: 'http', port: 80, targetPort: 8080, protocol: 'TCP'}] %s}}
                """.formatted(spec.isEmpty() ? "" : ", " + spec));
    }

    private static KubeObject pod(int number, boolean ready) {
        KubeObject pod = Objects.pod("p" + number, "n1", ready, "2026-01-01T00:00:00Z");
        pod.status().put("podIP", "10.1." + number / 250 + "." + (1 + number % 250));
        return pod;
    }

    private SlicePlan plan(KubeObject service, List<KubeObject> pods, int max) {
        Map<AddressType, Map<List<EndpointPort>, List<ObjectNode>>> desired = new LinkedHashMap<>();
        for (AddressType type : AddressType.of(service)) {
            desired.put(type, ServiceEndpoints.desired(service, pods, type,
                    name -> name.equals("n1") ? Optional.of(NODE) : Optional.empty()));
        }
        return SlicePlan.of(SliceTemplate.ofService(service), desired, slices.values(), max);
    }

    /** Plans, and does to the slices what the server would. */
    private SlicePlan apply(KubeObject service, List<KubeObject> pods, int max) {
        SlicePlan plan = plan(service, pods, max);
        plan.create().forEach(slice -> {
            slice.metadata().put("name", "s" + names++);
            slices.put(slice.name(), KubeObject.parse(slice.bytes()));
        });
        plan.update().forEach(slice -> slices.put(slice.name(), KubeObject.parse(slice.bytes())));
        plan.delete().forEach(slice -> slices.remove(slice.name()));
        return plan;
    }

    private JsonNode onlyEndpoint() {
        assertEquals(1, slices.size());
        return slices.values().iterator().next().at("/endpoints/0");
    }

    @Test
    void aReadyPodBecomesAnEndpoint() {
        apply(service(""), List.of(pod(1, true)), 100);
        KubeObject slice = slices.values().iterator().next();
        assertEquals("web", slice.labels().get("kubernetes.io/service-name"));
        assertEquals("endpointslice-controller.k8s.io", slice.labels().get("endpointslice.kubernetes.io/managed-by"));
        assertEquals("a", slice.labels().get("team"));
        assertEquals("IPv4", slice.string("/addressType"));
        assertEquals("[{\"name\":\"http\",\"port\":8080,\"protocol\":\"TCP\"}]", slice.at("/ports").toString());
        assertEquals("{\"addresses\":[\"10.1.0.2\"],"
                + "\"conditions\":{\"ready\":true,\"serving\":true,\"terminating\":false},"
                + "\"nodeName\":\"n1\",\"zone\":\"z1\","
                + "\"targetRef\":{\"kind\":\"Pod\",\"namespace\":\"ns\",\"name\":\"p1\",\"uid\":\"uid-p1\"}}",
                onlyEndpoint().toString());
        assertEquals("Service", slice.controllerRef().orElseThrow().kind());
    }

    @Test
    void conditionsFollowReadinessAndDeletion() {
        record Case(boolean ready, boolean deleting, boolean publish, String expected) {}
        for (Case c : List.of(
                new Case(true, false, false, "true true false"),
                new Case(false, false, false, "false false false"),
                new Case(true, true, false, "false true true"),
                new Case(false, true, false, "false false true"),
                new Case(false, false, true, "true false false"),
                new Case(true, true, true, "true true true"))) {
            slices.clear();
            KubeObject pod = pod(1, c.ready());
            if (c.deleting()) {
                pod.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z");
            }
            apply(service("publishNotReadyAddresses: " + c.publish()), List.of(pod), 100);
            JsonNode conditions = onlyEndpoint().path("conditions");
            assertEquals(c.expected(), conditions.path("ready").asBoolean() + " "
                    + conditions.path("serving").asBoolean() + " " + conditions.path("terminating").asBoolean(),
                    c.toString());
        }
    }

    @Test
    void podsThatEndedOrHaveNoAddressOrNoNodeAreLeftOut() {
        KubeObject ended = pod(1, true);
        ended.status().put("phase", "Succeeded");
        KubeObject addressless = pod(2, true);
        addressless.status().remove("podIP");
        KubeObject elsewhere = pod(3, true);
        elsewhere.spec().put("nodeName", "gone");
        apply(service(""), List.of(ended, addressless, elsewhere), 100);
        KubeObject placeholder = slices.values().iterator().next();
        assertEquals(0, placeholder.at("/endpoints").size());
        assertTrue(plan(service(""), List.of(), 100).isEmpty());
    }

    @Test
    void namedPortsAreFoundPerPod() {
        KubeObject service = service("");
        ((ObjectNode) service.at("/spec/ports/0")).put("targetPort", "web");
        KubeObject first = pod(1, true);
        first.spec().putArray("containers").addObject().putArray("ports").addObject()
                .put("name", "web").put("containerPort", 8081);
        KubeObject second = pod(2, true);
        second.spec().putArray("containers").addObject().putArray("ports").addObject()
                .put("name", "web").put("containerPort", 8082);
        apply(service, List.of(first, second), 100);
        assertEquals(Set.of(8081, 8082), Set.copyOf(slices.values().stream()
                .map(slice -> slice.at("/ports/0/port").asInt()).toList()));
    }

    @Test
    void dualStackMakesASlicePerFamily() {
        KubeObject service = service("");
        service.spec().putArray("ipFamilies").add("IPv4").add("IPv6");
        KubeObject pod = pod(1, true);
        pod.status().putArray("podIPs").addObject().put("ip", "10.1.0.2");
        pod.status().withArray("/podIPs").addObject().put("ip", "fd00::2");
        apply(service, List.of(pod), 100);
        assertEquals(List.of("[\"10.1.0.2\"]", "[\"fd00::2\"]"), slices.values().stream()
                .map(slice -> slice.at("/endpoints/0/addresses").toString()).sorted().toList());
    }

    @Test
    void headlessServicesAreMarked() {
        KubeObject service = service("");
        service.spec().put("clusterIP", "None");
        apply(service, List.of(pod(1, true)), 100);
        assertEquals("", slices.values().iterator().next().labels().get("service.kubernetes.io/headless"));
    }

    @Test
    void hintsFollowTrafficDistribution() {
        record Case(String distribution, boolean ready, String hints) {}
        for (Case c : List.of(
                new Case("PreferClose", true, "{\"forZones\":[{\"name\":\"z1\"}]}"),
                new Case("PreferSameZone", true, "{\"forZones\":[{\"name\":\"z1\"}]}"),
                new Case("PreferSameNode", true, "{\"forZones\":[{\"name\":\"z1\"}],\"forNodes\":[{\"name\":\"n1\"}]}"),
                new Case("PreferSameNode", false, ""),
                new Case("Other", true, ""))) {
            slices.clear();
            apply(service("trafficDistribution: '" + c.distribution() + "'"), List.of(pod(1, c.ready())), 100);
            JsonNode hints = onlyEndpoint().path("hints");
            assertEquals(c.hints(), hints.isMissingNode() ? "" : hints.toString(), c.toString());
        }
    }

    @Test
    void aLoneChangeIsOneWrite() {
        List<KubeObject> pods = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            pods.add(pod(i, true));
        }
        assertEquals(3, apply(service(""), pods, 100).writes());
        assertEquals(0, apply(service(""), pods, 100).writes());
        pods.set(42, pod(42, false));
        assertEquals(1, apply(service(""), pods, 100).writes());
        pods.add(pod(250, true));
        assertEquals(1, apply(service(""), pods, 100).writes());
        pods.remove(7);
        pods.add(pod(251, true));
        assertEquals(1, apply(service(""), pods, 100).writes());
        assertEquals(3, slices.size());
    }

    @Test
    void randomChangesAlwaysEndInExactlyTheReadyPods() {
        for (long seed = 0; seed < 60; seed++) {
            slices.clear();
            Random random = new Random(seed);
            Map<Integer, KubeObject> pods = new LinkedHashMap<>();
            for (int round = 0; round < 40; round++) {
                for (int i = random.nextInt(30); i > 0; i--) {
                    int number = random.nextInt(120);
                    if (random.nextInt(3) == 0) {
                        pods.remove(number);
                    } else {
                        pods.put(number, pod(number, random.nextBoolean()));
                    }
                }
                apply(service(""), List.copyOf(pods.values()), 10);
                Set<String> seen = new HashSet<>();
                for (KubeObject slice : slices.values()) {
                    assertTrue(slice.at("/endpoints").size() <= 10, "seed " + seed);
                    for (JsonNode endpoint : slice.at("/endpoints")) {
                        assertTrue(seen.add(endpoint.at("/targetRef/name").asString()
                                + endpoint.at("/conditions/ready").asBoolean()), "seed " + seed + ": twice");
                    }
                }
                Set<String> wanted = new HashSet<>();
                pods.forEach((number, pod) -> wanted.add("p" + number
                        + dev.fairway.controllers.pods.Pods.ready(pod)));
                assertEquals(wanted, seen, "seed " + seed + " round " + round);
                assertEquals(0, plan(service(""), List.copyOf(pods.values()), 10).writes(), "seed " + seed);
            }
        }
    }
}
