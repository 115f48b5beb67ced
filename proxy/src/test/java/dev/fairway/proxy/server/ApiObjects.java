package dev.fairway.proxy.server;

import dev.fairway.testkit.api.FakeApiServer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Puts Services, slices and Nodes into a fake API server. */
record ApiObjects(FakeApiServer server) {
    static final String SERVICES = "/api/v1/services";
    static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";
    static final String NODES = "/api/v1/nodes";

    /** A server with empty collections and the Node of the test topology. */
    static ApiObjects in(FakeApiServer server) {
        server.declare(SERVICES);
        server.declare(SLICES);
        ApiObjects objects = new ApiObjects(server);
        objects.node("");
        return objects;
    }

    /** The Node {@code node-a}; {@code spec} is the text of further fields of its spec, with a comma at its end. */
    void node(String spec) {
        node("\"name\":\"node-a\",\"labels\":{\"topology.kubernetes.io/zone\":\"z1\"}", spec);
    }

    void node(String metadata, String spec) {
        server.put(NODES, "node-a", """
                {"kind":"Node","metadata":{%s},"spec":{%s"podCIDRs":["10.180.0.0/24","fd18:0::/64"]},
                "status":{"addresses":[{"type":"InternalIP","address":"172.21.0.2"},{"type":"InternalIP","address":"fd21::2"}]}}"""
                .formatted(metadata, spec).replace("\n", ""));
    }

    /** A Service of one port, without a name; {@code more} is the text of further fields of its spec, with a comma first. */
    void service(String name, String clusterIp, String protocol, String more) {
        server.put(SERVICES, "ns/" + name, """
                {"kind":"Service","metadata":{"namespace":"ns","name":"%1$s","uid":"uid-of-%1$s"},"spec":{"clusterIP":"%2$s","clusterIPs":["%2$s"],
                "ports":[{"protocol":"%3$s","port":80,"targetPort":8080}]%4$s}}"""
                .formatted(name, clusterIp, protocol, more).replace("\n", ""));
    }

    void deleteService(String name) {
        server.delete(SERVICES, "ns/" + name);
    }

    /** A slice with ready endpoints; those of this node's Pod network are on this node. */
    void slice(String service, String protocol, String... addresses) {
        String endpoints = Arrays.stream(addresses).map(address -> """
                {"addresses":["%s"],"conditions":{"ready":true,"serving":true,"terminating":false},"nodeName":"%s"}"""
                .formatted(address, address.startsWith("10.180.0.") ? "node-a" : "node-b")).collect(Collectors.joining(","));
        server.put(SLICES, "ns/" + service + "-1", """
                {"kind":"EndpointSlice","metadata":{"namespace":"ns","name":"%s-1","labels":{"kubernetes.io/service-name":"%s"}},
                "addressType":"IPv4","ports":[{"name":"","protocol":"%s","port":8080}],"endpoints":[%s]}"""
                .formatted(service, service, protocol, endpoints).replace("\n", ""));
    }
}
