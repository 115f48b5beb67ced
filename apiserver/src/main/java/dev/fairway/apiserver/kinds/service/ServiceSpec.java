package dev.fairway.apiserver.kinds.service;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A Service's spec with the questions that its rules ask; a view, not a copy. */
record ServiceSpec(ObjectNode json) {
    static final String NONE = "None";
    static final String CLUSTER_IP = "ClusterIP";
    static final String NODE_PORT = "NodePort";
    static final String LOAD_BALANCER = "LoadBalancer";
    static final String EXTERNAL_NAME = "ExternalName";

    static ServiceSpec of(ObjectNode service) {
        return new ServiceSpec(service.get("spec") instanceof ObjectNode spec ? spec : service.putObject("spec"));
    }

    String text(String field) {
        return json.path(field).asString("");
    }

    String type() {
        return text("type");
    }

    boolean is(String type) {
        return type().equals(type);
    }

    List<ObjectNode> ports() {
        List<ObjectNode> ports = new ArrayList<>();
        for (JsonNode port : json.path("ports")) {
            if (port instanceof ObjectNode object) {
                ports.add(object);
            }
        }
        return ports;
    }

    List<String> strings(String field) {
        return json.path(field).valueStream().map(value -> value.asString("")).toList();
    }

    List<String> clusterIps() {
        return strings("clusterIPs");
    }

    void setStrings(String field, List<String> values) {
        if (values.isEmpty()) {
            json.remove(field);
        } else {
            ArrayNode array = json.putArray(field);
            values.forEach(array::add);
        }
    }

    /** Has no cluster IP by its own wish. */
    boolean headless() {
        return text("clusterIP").equals(NONE) || clusterIps().contains(NONE);
    }

    boolean hasSelector() {
        return !json.path("selector").isEmpty();
    }

    boolean needsClusterIp() {
        return is(CLUSTER_IP) || is(NODE_PORT) || is(LOAD_BALANCER);
    }

    /** Whether every port is to have a node port. */
    boolean needsNodePort() {
        return is(NODE_PORT) || is(LOAD_BALANCER) && json.path("allocateLoadBalancerNodePorts").asBoolean(true);
    }

    /** Whether ports may have a node port. */
    boolean mayHaveNodePort() {
        return is(NODE_PORT) || is(LOAD_BALANCER);
    }

    boolean needsHealthCheckNodePort() {
        return is(LOAD_BALANCER) && text("externalTrafficPolicy").equals("Local");
    }

    boolean externallyAccessible() {
        return mayHaveNodePort() || is(CLUSTER_IP) && !json.path("externalIPs").isEmpty();
    }

    int healthCheckNodePort() {
        return json.path("healthCheckNodePort").asInt(0);
    }

    static int nodePort(ObjectNode port) {
        return port.path("nodePort").asInt(0);
    }

    static String protocol(ObjectNode port) {
        return port.path("protocol").asString("TCP");
    }
}
