package dev.fairway.controllers.endpointslice;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** What a Service's EndpointSlices should hold: the pure step from Pods to endpoints. */
public final class ServiceEndpoints {
    static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    private ServiceEndpoints() {}

    /** The selector of a Service; empty where it has none and somebody else makes its endpoints. */
    public static Optional<Map<String, String>> selector(KubeObject service) {
        Map<String, String> selector = KubeObject.strings(service.at("/spec/selector"));
        boolean external = service.string("/spec/type").equals("ExternalName");
        return selector.isEmpty() || external ? Optional.empty() : Optional.of(selector);
    }

    public static boolean headless(KubeObject service) {
        return service.string("/spec/clusterIP").equals("None");
    }

    public static boolean publishNotReady(KubeObject service) {
        return service.at("/spec/publishNotReadyAddresses").asBoolean(false);
    }

    /** The hostname that an endpoint carries: only of Pods that name this Service as their subdomain. */
    public static Optional<String> hostname(KubeObject service, KubeObject pod) {
        String hostname = pod.string("/spec/hostname");
        return !hostname.isEmpty()
                        && pod.string("/spec/subdomain").equals(service.name())
                        && pod.namespace().equals(service.namespace())
                ? Optional.of(hostname)
                : Optional.empty();
    }

    public static ObjectNode targetRef(KubeObject pod) {
        return Json.object()
                .put("kind", "Pod")
                .put("namespace", pod.namespace())
                .put("name", pod.name())
                .put("uid", pod.uid());
    }

    /**
     * Endpoints by the ports that they have.
     *
     * @param pods the Pods that the Service selects
     * @param node a Node by name; Pods of an unknown Node are left out unless the Service publishes all
     */
    static Map<List<EndpointPort>, List<ObjectNode>> desired(
            KubeObject service,
            Collection<KubeObject> pods,
            AddressType type,
            Function<String, Optional<KubeObject>> node) {
        List<KubeObject> sorted = new ArrayList<>(pods);
        sorted.sort(Comparator.comparing(KubeObject::name));
        Map<List<EndpointPort>, List<ObjectNode>> groups = new LinkedHashMap<>();
        for (KubeObject pod : sorted) {
            Optional<KubeObject> host = node.apply(Pods.node(pod));
            List<String> addresses = type.addresses(pod);
            if (!Pods.terminal(pod) && !addresses.isEmpty() && (host.isPresent() || publishNotReady(service))) {
                groups.computeIfAbsent(EndpointPort.of(service, pod), ports -> new ArrayList<>())
                        .add(endpoint(service, pod, addresses, host));
            }
        }
        return groups;
    }

    private static ObjectNode endpoint(
            KubeObject service, KubeObject pod, List<String> addresses, Optional<KubeObject> node) {
        boolean serving = Pods.ready(pod);
        boolean terminating = pod.deleting();
        boolean ready = publishNotReady(service) || serving && !terminating;
        ObjectNode endpoint = Json.object();
        addresses.forEach(endpoint.withArray("/addresses")::add);
        endpoint.putObject("conditions")
                .put("ready", ready)
                .put("serving", serving)
                .put("terminating", terminating);
        hostname(service, pod).ifPresent(hostname -> endpoint.put("hostname", hostname));
        String nodeName = Pods.node(pod);
        if (!nodeName.isEmpty()) {
            endpoint.put("nodeName", nodeName);
        }
        Optional<String> zone = node.map(host -> host.labels().get(ZONE_LABEL));
        zone.ifPresent(name -> endpoint.put("zone", name));
        endpoint.set("targetRef", targetRef(pod));
        if (ready) {
            hints(service, zone, nodeName).ifPresent(hints -> endpoint.set("hints", hints));
        }
        return endpoint;
    }

    /** KEP-4444 and KEP-3015: each endpoint is for its own zone, or its own node within that. */
    private static Optional<ObjectNode> hints(KubeObject service, Optional<String> zone, String nodeName) {
        String distribution = service.string("/spec/trafficDistribution");
        boolean sameNode = distribution.equals("PreferSameNode");
        if (!sameNode && !distribution.equals("PreferClose") && !distribution.equals("PreferSameZone")) {
            return Optional.empty();
        }
        ObjectNode hints = Json.object();
        zone.ifPresent(name -> hints.withArray("/forZones").addObject().put("name", name));
        if (sameNode && !nodeName.isEmpty()) {
            hints.withArray("/forNodes").addObject().put("name", nodeName);
        }
        return hints.isEmpty() ? Optional.empty() : Optional.of(hints);
    }
}
