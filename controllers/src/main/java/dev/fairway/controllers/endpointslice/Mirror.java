package dev.fairway.controllers.endpointslice;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The slices that say what an Endpoints object says: the pure step of the mirroring controller. */
public final class Mirror {
    public static final String CONTROLLER = "endpointslicemirroring-controller.k8s.io";
    private static final String SKIP = "endpointslice.kubernetes.io/skip-mirror";
    private static final String LEADER = "control-plane.alpha.kubernetes.io/leader";
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    private static final String MANAGED_ENDPOINTS = "endpoints.kubernetes.io/managed-by";
    /** The most addresses mirrored of one subset; the rest is left out. */
    private static final int MAX_PER_SUBSET = 1_000;

    private Mirror() {}

    /** False for objects that are no endpoints, or whose owner makes slices itself. */
    public static boolean wanted(KubeObject endpoints) {
        return !"true".equals(endpoints.labels().get(SKIP))
                && !endpoints.labels().containsKey(MANAGED_ENDPOINTS)
                && !endpoints.annotations().containsKey(LEADER);
    }

    public static SlicePlan plan(KubeObject endpoints, Collection<KubeObject> existing) {
        Map<String, String> labels = new TreeMap<>(endpoints.labels());
        labels.keySet().removeAll(Set.of(SliceTemplate.SERVICE_NAME, SliceTemplate.MANAGED_BY));
        labels.put(SliceTemplate.SERVICE_NAME, endpoints.name());
        labels.put(SliceTemplate.MANAGED_BY, CONTROLLER);
        Map<String, String> annotations = new HashMap<>(endpoints.annotations());
        annotations.keySet().removeAll(Set.of(SliceTemplate.TRIGGER_TIME, LAST_APPLIED));
        SliceTemplate template = new SliceTemplate(endpoints, labels, annotations);
        return SlicePlan.of(template, desired(endpoints), existing, SlicePlan.MAX_ENDPOINTS);
    }

    /** Only families that have addresses: an empty Endpoints object is mirrored by no slice at all. */
    private static Map<AddressType, Map<List<EndpointPort>, List<ObjectNode>>> desired(KubeObject endpoints) {
        Map<AddressType, Map<List<EndpointPort>, List<ObjectNode>>> desired = new EnumMap<>(AddressType.class);
        for (JsonNode subset : endpoints.at("/subsets")) {
            List<EndpointPort> ports = EndpointPort.list(subset.path("ports"));
            int left = add(desired, ports, subset.path("addresses"), true, MAX_PER_SUBSET);
            add(desired, ports, subset.path("notReadyAddresses"), false, left);
        }
        return desired;
    }

    private static int add(
            Map<AddressType, Map<List<EndpointPort>, List<ObjectNode>>> desired,
            List<EndpointPort> ports, JsonNode addresses, boolean ready, int room) {
        int left = room;
        for (JsonNode address : addresses) {
            if (left == 0) {
                break;
            }
            left--;
            desired.computeIfAbsent(AddressType.ofAddress(address.path("ip").asString("")), type -> new LinkedHashMap<>())
                    .computeIfAbsent(ports, ignored -> new ArrayList<>())
                    .add(endpoint(address, ready));
        }
        return left;
    }

    private static ObjectNode endpoint(JsonNode address, boolean ready) {
        ObjectNode endpoint = Json.object();
        endpoint.putArray("addresses").add(address.path("ip").asString(""));
        endpoint.putObject("conditions").put("ready", ready);
        for (String field : new String[] {"hostname", "nodeName", "targetRef"}) {
            if (address.hasNonNull(field)) {
                endpoint.set(field, address.get(field).deepCopy());
            }
        }
        return endpoint;
    }
}
