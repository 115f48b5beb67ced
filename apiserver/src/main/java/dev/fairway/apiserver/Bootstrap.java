package dev.fairway.apiserver;

import dev.fairway.apiserver.config.Ip;
import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiRequest;
import dev.fairway.kube.client.ApiResponse;
import dev.fairway.kube.client.ApiTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What every cluster has from the start: its namespaces, its service range, and the way to the API server. */
final class Bootstrap {
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");
    private static final ResourceType SERVICE_CIDRS =
            new ResourceType("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR", false);
    private static final ResourceType PRIORITY_CLASSES =
            new ResourceType("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", false);
    private static final String NAME = "kubernetes";
    private static final String PORT_NAME = "https";

    private final ServerContext server;
    private final ApiTransport transport;

    Bootstrap(ServerContext server, ApiTransport transport) {
        this.server = server;
        this.transport = transport;
    }

    void run() {
        for (String name : NAMESPACES) {
            ensure(ResourceType.NAMESPACES, KubeObject.of(ResourceType.NAMESPACES, "", name));
        }
        KubeObject range = KubeObject.of(SERVICE_CIDRS, "", NAME);
        ArrayNode cidrs = range.spec().putArray("cidrs");
        server.config().serviceCidrs().forEach(each -> cidrs.add(each.toString()));
        ensure(SERVICE_CIDRS, range);
        ensure(PRIORITY_CLASSES, priorityClass("system-cluster-critical", 2_000_000_000,
                "For Pods that the cluster cannot do without, on whatever node."));
        ensure(PRIORITY_CLASSES, priorityClass("system-node-critical", 2_000_001_000,
                "For Pods that their node cannot do without."));
        ensure(ResourceType.SERVICES, service());
        publish(ResourceType.ENDPOINTS, endpoints());
        publish(ResourceType.ENDPOINT_SLICES, endpointSlice());
    }

    private static KubeObject priorityClass(String name, int value, String description) {
        KubeObject priorityClass = KubeObject.of(PRIORITY_CLASSES, "", name);
        priorityClass.json().put("value", value).put("description", description);
        return priorityClass;
    }

    private int targetPort() {
        List<InetSocketAddress> endpoints = server.config().advertisedEndpoints();
        return endpoints.isEmpty() ? 6443 : endpoints.getFirst().getPort();
    }

    private KubeObject service() {
        KubeObject service = KubeObject.of(ResourceType.SERVICES, "default", NAME);
        service.metadata().putObject("labels").put("component", "apiserver").put("provider", "kubernetes");
        String address = Ip.text(server.config().serviceCidrs().getFirst().at(1));
        ObjectNode spec = service.spec().put("type", "ClusterIP").put("clusterIP", address);
        spec.putArray("clusterIPs").add(address);
        spec.putArray("ports").addObject().put("name", PORT_NAME).put("port", 443).put("protocol", "TCP")
                .put("targetPort", targetPort());
        spec.put("sessionAffinity", "None");
        return service;
    }

    private KubeObject endpoints() {
        KubeObject endpoints = KubeObject.of(ResourceType.ENDPOINTS, "default", NAME);
        endpoints.metadata().putObject("labels").put("endpointslice.kubernetes.io/skip-mirror", "true");
        if (!server.config().advertisedEndpoints().isEmpty()) {
            ObjectNode subset = endpoints.json().putArray("subsets").addObject();
            ArrayNode addresses = subset.putArray("addresses");
            server.config().advertisedEndpoints().forEach(each -> addresses.addObject().put("ip", Ip.text(each.getAddress())));
            subset.putArray("ports").addObject().put("name", PORT_NAME).put("port", targetPort()).put("protocol", "TCP");
        }
        return endpoints;
    }

    private KubeObject endpointSlice() {
        KubeObject slice = KubeObject.of(ResourceType.ENDPOINT_SLICES, "default", NAME);
        slice.metadata().putObject("labels").put("kubernetes.io/service-name", NAME);
        slice.json().put("addressType", server.config().serviceCidrs().getFirst().isIpv6() ? "IPv6" : "IPv4");
        ArrayNode endpoints = slice.json().putArray("endpoints");
        for (InetSocketAddress each : server.config().advertisedEndpoints()) {
            ObjectNode endpoint = endpoints.addObject();
            endpoint.putArray("addresses").add(Ip.text(each.getAddress()));
            endpoint.putObject("conditions").put("ready", true);
        }
        slice.json().putArray("ports").addObject().put("name", PORT_NAME).put("port", targetPort()).put("protocol", "TCP");
        return slice;
    }

    private Optional<ObjectNode> stored(ResourceType type, KubeObject object) {
        return server.get(server.resources().require(type.group(), type.plural()), object.namespace(), object.name());
    }

    private void ensure(ResourceType type, KubeObject object) {
        if (stored(type, object).isEmpty()) {
            send(ApiRequest.of("POST", type.path(object.namespace())).withBody("application/json", object.bytes()), object);
        }
    }

    /** Creates the object, or brings an existing one to its content: an earlier start may have had other endpoints. */
    private void publish(ResourceType type, KubeObject object) {
        if (stored(type, object).isEmpty()) {
            ensure(type, object);
        } else {
            ObjectNode wanted = object.json().deepCopy();
            wanted.set("metadata", Json.object().set("labels", object.metadata().get("labels")));
            if (!wanted.has("subsets") && type.equals(ResourceType.ENDPOINTS)) {
                wanted.putNull("subsets");
            }
            send(ApiRequest.of("PATCH", type.path(object.namespace(), object.name()))
                    .withBody("application/merge-patch+json", Json.bytes(wanted)), object);
        }
    }

    private void send(ApiRequest request, KubeObject object) {
        try (ApiResponse response = transport.send(request)) {
            boolean done = response.status() / 100 == 2 || response.status() == 409;
            if (!done) {
                throw new IllegalStateException("cannot write " + object.kind() + " " + object.key() + ": HTTP "
                        + response.status() + " " + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        }
    }
}
