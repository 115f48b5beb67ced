package dev.fairway.apiserver.kinds.service;

import dev.fairway.apiserver.kinds.Check;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What a Service gets where it says nothing, and what an update takes over from the old one. */
final class ServiceDefaults {
    private static final int AFFINITY_TIMEOUT_SECONDS = 10_800;

    private ServiceDefaults() {}

    static void apply(ServiceSpec spec) {
        ObjectNode json = spec.json();
        putIfEmpty(json, "sessionAffinity", "None");
        putIfEmpty(json, "type", ServiceSpec.CLUSTER_IP);
        if (spec.text("sessionAffinity").equals("None")) {
            json.remove("sessionAffinityConfig");
        } else if (spec.text("sessionAffinity").equals("ClientIP")) {
            ObjectNode clientIp = json.withObjectProperty("sessionAffinityConfig").withObjectProperty("clientIP");
            if (!clientIp.hasNonNull("timeoutSeconds")) {
                clientIp.put("timeoutSeconds", AFFINITY_TIMEOUT_SECONDS);
            }
        }
        for (ObjectNode port : spec.ports()) {
            putIfEmpty(port, "protocol", "TCP");
            if (!port.hasNonNull("targetPort") || port.path("targetPort").asString("").isEmpty()
                    || port.path("targetPort").isNumber() && port.path("targetPort").asInt() == 0) {
                port.set("targetPort", port.path("port"));
            }
        }
        if (spec.externallyAccessible()) {
            putIfEmpty(json, "externalTrafficPolicy", "Cluster");
        }
        if (spec.needsClusterIp()) {
            putIfEmpty(json, "internalTrafficPolicy", "Cluster");
        }
        if (spec.is(ServiceSpec.LOAD_BALANCER) && !json.hasNonNull("allocateLoadBalancerNodePorts")) {
            json.put("allocateLoadBalancerNodePorts", true);
        }
        if (spec.clusterIps().isEmpty() && !spec.text("clusterIP").isEmpty()) {
            spec.setStrings("clusterIPs", List.of(spec.text("clusterIP")));
        }
    }

    private static void putIfEmpty(ObjectNode json, String field, String value) {
        if (json.path(field).asString("").isEmpty()) {
            json.put(field, value);
        }
    }

    /** Chooses IP families and policy, where the Service leaves them open, from the families of the cluster. */
    static void families(ServiceSpec spec, List<String> clusterFamilies) {
        if (!spec.needsClusterIp()) {
            return;
        }
        List<String> families = new ArrayList<>(spec.strings("ipFamilies"));
        // Addresses that were asked for settle the families at their places.
        List<String> asked = spec.clusterIps().stream()
                .map(Check::parseIp)
                .flatMap(Optional::stream)
                .map((InetAddress address) -> Check.family(address))
                .toList();
        for (int i = families.size(); i < asked.size(); i++) {
            families.add(asked.get(i));
        }
        boolean unselected = spec.headless() && !spec.hasSelector();
        if (families.isEmpty()) {
            families.add(clusterFamilies.getFirst());
        }
        String policy = spec.text("ipFamilyPolicy");
        if (policy.isEmpty()) {
            // A headless Service without a selector may get endpoints of any family by hand.
            policy = unselected || families.size() > 1 ? "RequireDualStack" : "SingleStack";
            spec.json().put("ipFamilyPolicy", policy);
        }
        boolean dual = policy.equals("RequireDualStack") || policy.equals("PreferDualStack") && clusterFamilies.size() > 1;
        if (families.size() == 1 && dual && (clusterFamilies.size() > 1 || unselected)) {
            families.add(families.getFirst().equals("IPv4") ? "IPv6" : "IPv4");
        }
        spec.setStrings("ipFamilies", families);
    }

    /** An update that says nothing of an allocated value keeps it; a type that has no use for one loses it. */
    static void takeOver(ServiceSpec spec, ServiceSpec old) {
        ObjectNode json = spec.json();
        if (spec.needsClusterIp() && old.needsClusterIp()) {
            if (spec.text("clusterIP").isEmpty()) {
                copy(json, old.json(), "clusterIP");
            }
            if (spec.clusterIps().isEmpty() && spec.text("clusterIP").equals(old.text("clusterIP"))) {
                copy(json, old.json(), "clusterIPs");
            }
            if (!json.hasNonNull("ipFamilies")) {
                copy(json, old.json(), "ipFamilies");
            }
            if (!json.hasNonNull("ipFamilyPolicy")) {
                copy(json, old.json(), "ipFamilyPolicy");
            }
            // Changing clusterIP alone means the first of clusterIPs.
            if (!spec.text("clusterIP").equals(old.text("clusterIP")) && spec.clusterIps().equals(old.clusterIps())) {
                spec.setStrings("clusterIPs", List.of(spec.text("clusterIP")));
            }
        }
        if (spec.text("ipFamilyPolicy").equals("SingleStack") && !old.text("ipFamilyPolicy").equals("SingleStack")) {
            firstOnly(spec, old, "clusterIPs");
            firstOnly(spec, old, "ipFamilies");
        }
        if (spec.needsNodePort() && old.mayHaveNodePort()) {
            keepNodePorts(spec, old);
        }
        if (spec.needsHealthCheckNodePort() && old.needsHealthCheckNodePort() && spec.healthCheckNodePort() == 0) {
            copy(json, old.json(), "healthCheckNodePort");
        }
        dropTypeDependentFields(spec, old);
    }

    /** A Service that goes back to one family and says nothing of the second loses it. */
    private static void firstOnly(ServiceSpec spec, ServiceSpec old, String field) {
        List<String> values = spec.strings(field);
        if (values.size() > 1 && values.equals(old.strings(field))) {
            spec.setStrings(field, values.subList(0, 1));
        }
    }

    private static void keepNodePorts(ServiceSpec spec, ServiceSpec old) {
        for (ObjectNode port : spec.ports()) {
            if (ServiceSpec.nodePort(port) == 0) {
                old.ports().stream()
                        .filter(before -> before.path("port").equals(port.path("port"))
                                && ServiceSpec.protocol(before).equals(ServiceSpec.protocol(port)))
                        .map(ServiceSpec::nodePort)
                        .filter(number -> number != 0 && spec.ports().stream().noneMatch(other ->
                                ServiceSpec.nodePort(other) == number
                                        && ServiceSpec.protocol(other).equals(ServiceSpec.protocol(port))))
                        .findFirst()
                        .ifPresent(number -> port.put("nodePort", number));
            }
        }
    }

    /** Clears what only the old type had a use for, unless the update itself changed it. */
    private static void dropTypeDependentFields(ServiceSpec spec, ServiceSpec old) {
        ObjectNode json = spec.json();
        if (old.needsClusterIp() && !spec.needsClusterIp()) {
            removeIfSame(json, old.json(), "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy");
        }
        if (old.mayHaveNodePort() && !spec.mayHaveNodePort()) {
            for (ObjectNode port : spec.ports()) {
                if (old.ports().stream().anyMatch(before -> ServiceSpec.nodePort(before) == ServiceSpec.nodePort(port))) {
                    port.remove("nodePort");
                }
            }
        }
        if (old.needsHealthCheckNodePort() && !spec.needsHealthCheckNodePort()) {
            removeIfSame(json, old.json(), "healthCheckNodePort");
        }
        if (old.is(ServiceSpec.LOAD_BALANCER) && !spec.is(ServiceSpec.LOAD_BALANCER)) {
            removeIfSame(json, old.json(), "allocateLoadBalancerNodePorts", "loadBalancerClass");
        }
        if (old.externallyAccessible() && !spec.externallyAccessible()) {
            removeIfSame(json, old.json(), "externalTrafficPolicy");
        }
    }

    private static void copy(ObjectNode to, ObjectNode from, String... fields) {
        for (String field : fields) {
            if (from.hasNonNull(field)) {
                to.set(field, from.get(field).deepCopy());
            }
        }
    }

    private static void removeIfSame(ObjectNode json, ObjectNode old, String... fields) {
        for (String field : fields) {
            if (json.path(field).equals(old.path(field))) {
                json.remove(field);
            }
        }
    }
}
