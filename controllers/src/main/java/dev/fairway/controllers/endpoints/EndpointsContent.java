package dev.fairway.controllers.endpoints;

import dev.fairway.controllers.endpointslice.AddressType;
import dev.fairway.controllers.endpointslice.EndpointPort;
import dev.fairway.controllers.endpointslice.ServiceEndpoints;
import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a Service's Endpoints object should hold: the pure step from Pods to subsets. */
final class EndpointsContent {
    static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
    static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";
    static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
    static final String HEADLESS = "service.kubernetes.io/headless";
    /** The most addresses in one Endpoints object; the rest is left out. */
    static final int MAX_ADDRESSES = 1_000;

    private EndpointsContent() {}

    /** The object without the parts that the server sets. */
    static KubeObject of(KubeObject service, Collection<KubeObject> pods, int maxAddresses) {
        Subsets subsets = subsets(service, pods);
        boolean truncated = subsets.size() > maxAddresses;
        KubeObject endpoints = KubeObject.of(ResourceType.ENDPOINTS, service.namespace(), service.name());
        Map<String, String> labels = new TreeMap<>(service.labels());
        labels.keySet().removeAll(Set.of(HEADLESS, MANAGED_BY));
        labels.put(MANAGED_BY, "endpoint-controller");
        if (ServiceEndpoints.headless(service)) {
            labels.put(HEADLESS, "");
        }
        ObjectNode into = endpoints.metadata().putObject("labels");
        labels.forEach(into::put);
        if (truncated) {
            endpoints.metadata().putObject("annotations").put(OVER_CAPACITY, "truncated");
        }
        ArrayNode json = (truncated ? subsets.truncated(maxAddresses) : subsets).json();
        if (!json.isEmpty()) {
            endpoints.json().set("subsets", json);
        }
        return endpoints;
    }

    private record Addresses(List<ObjectNode> ready, List<ObjectNode> notReady) {}

    private record Subsets(Map<List<EndpointPort>, Addresses> byPorts) {
        int size() {
            return byPorts.values().stream().mapToInt(a -> a.ready().size() + a.notReady().size()).sum();
        }

        /** Ready addresses are kept before others, subset by subset. */
        Subsets truncated(int max) {
            Map<List<EndpointPort>, Addresses> kept = new LinkedHashMap<>();
            byPorts.keySet().forEach(ports -> kept.put(ports, new Addresses(new ArrayList<>(), new ArrayList<>())));
            int[] room = {max};
            byPorts.forEach((ports, all) -> take(all.ready(), kept.get(ports).ready(), room));
            byPorts.forEach((ports, all) -> take(all.notReady(), kept.get(ports).notReady(), room));
            return new Subsets(kept);
        }

        private static void take(List<ObjectNode> from, List<ObjectNode> to, int[] room) {
            to.addAll(from.subList(0, Math.min(room[0], from.size())));
            room[0] -= to.size();
        }

        ArrayNode json() {
            ArrayNode array = Json.mapper().createArrayNode();
            byPorts.forEach((ports, addresses) -> {
                if (addresses.ready().isEmpty() && addresses.notReady().isEmpty()) {
                    return;
                }
                ObjectNode subset = array.addObject();
                addresses.ready().forEach(subset.withArray("/addresses")::add);
                addresses.notReady().forEach(subset.withArray("/notReadyAddresses")::add);
                if (!ports.isEmpty()) {
                    ports.forEach(port -> subset.withArray("/ports").add(port(port)));
                }
            });
            return array;
        }

        /** Unlike in a slice, an empty port name is not written. */
        private static ObjectNode port(EndpointPort port) {
            ObjectNode json = port.json();
            if (port.name().isEmpty()) {
                json.remove("name");
            }
            return json;
        }
    }

    private static Subsets subsets(KubeObject service, Collection<KubeObject> pods) {
        AddressType family = AddressType.of(service).getFirst();
        boolean all = ServiceEndpoints.publishNotReady(service);
        boolean hasPorts = !service.at("/spec/ports").isEmpty();
        List<KubeObject> sorted = new ArrayList<>(pods);
        sorted.sort(Comparator.comparing((KubeObject pod) -> pod.string("/status/podIP")).thenComparing(KubeObject::uid));
        Map<List<EndpointPort>, Addresses> groups = new LinkedHashMap<>();
        for (KubeObject pod : sorted) {
            List<String> addresses = family.addresses(pod);
            if (Pods.terminal(pod) || addresses.isEmpty() || pod.deleting() && !all) {
                continue;
            }
            List<EndpointPort> ports = EndpointPort.of(service, pod);
            if (ports.isEmpty() && hasPorts) {
                continue;
            }
            Addresses group = groups.computeIfAbsent(
                    ports, ignored -> new Addresses(new ArrayList<>(), new ArrayList<>()));
            (all || Pods.ready(pod) ? group.ready() : group.notReady()).add(address(service, pod, addresses.getFirst()));
        }
        return new Subsets(groups);
    }

    private static ObjectNode address(KubeObject service, KubeObject pod, String ip) {
        ObjectNode address = Json.object().put("ip", ip);
        ServiceEndpoints.hostname(service, pod).ifPresent(hostname -> address.put("hostname", hostname));
        if (!Pods.node(pod).isEmpty()) {
            address.put("nodeName", Pods.node(pod));
        }
        address.set("targetRef", ServiceEndpoints.targetRef(pod));
        return address;
    }
}
