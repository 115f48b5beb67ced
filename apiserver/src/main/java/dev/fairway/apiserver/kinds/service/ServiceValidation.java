package dev.fairway.apiserver.kinds.service;

import dev.fairway.apiserver.config.Ip;
import dev.fairway.apiserver.kinds.Check;
import dev.fairway.schema.FieldError;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** All field rules of a Service, as {@code ValidateService} and {@code ValidateServiceUpdate} have them. */
final class ServiceValidation {
    private static final List<String> TYPES =
            List.of(ServiceSpec.CLUSTER_IP, ServiceSpec.NODE_PORT, ServiceSpec.LOAD_BALANCER, ServiceSpec.EXTERNAL_NAME);
    private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
    private static final List<String> FAMILIES = List.of("IPv4", "IPv6");
    private static final List<String> FAMILY_POLICIES = List.of("PreferDualStack", "RequireDualStack", "SingleStack");
    private static final List<String> DISTRIBUTIONS = List.of("PreferClose", "PreferSameNode", "PreferSameZone");
    private static final List<String> POLICIES = List.of("Cluster", "Local");
    private static final int MAX_AFFINITY_SECONDS = 86_400;
    private static final int KUBELET_PORT = 10_250;

    private final Check check = new Check();
    private final ServiceSpec spec;

    private ServiceValidation(ServiceSpec spec) {
        this.spec = spec;
    }

    static List<FieldError> onCreate(ServiceSpec spec, List<String> clusterFamilies) {
        ServiceValidation validation = new ServiceValidation(spec);
        validation.all(clusterFamilies);
        return validation.check.errors();
    }

    static List<FieldError> onUpdate(ServiceSpec spec, ServiceSpec old, List<String> clusterFamilies) {
        ServiceValidation validation = new ServiceValidation(spec);
        validation.all(clusterFamilies);
        validation.transitions(old);
        return validation.check.errors();
    }

    private void all(List<String> clusterFamilies) {
        check.oneOf("spec.type", spec.type(), TYPES);
        type();
        ports();
        affinity();
        check.labels("spec.selector", spec.json().path("selector"));
        addresses();
        loadBalancer();
        policies();
        families(clusterFamilies);
        clusterIps();
    }

    private void type() {
        if (spec.ports().isEmpty() && !spec.headless() && !spec.is(ServiceSpec.EXTERNAL_NAME)) {
            check.required("spec.ports");
        }
        switch (spec.type()) {
            case ServiceSpec.LOAD_BALANCER, ServiceSpec.NODE_PORT -> {
                if (spec.headless()) {
                    check.invalid("spec.clusterIPs[0]", ServiceSpec.NONE,
                            "may not be set to 'None' for " + spec.type() + " services");
                }
                if (spec.is(ServiceSpec.LOAD_BALANCER)) {
                    each(spec.ports(), "spec.ports", (path, port) -> {
                        if (port.path("port").asInt(0) == KUBELET_PORT) {
                            check.invalid(path + ".port", KUBELET_PORT,
                                    "may not expose port 10250 externally since it is used by kubelet");
                        }
                    });
                }
            }
            case ServiceSpec.EXTERNAL_NAME -> {
                if (!spec.clusterIps().isEmpty() || !spec.text("clusterIP").isEmpty()) {
                    check.forbidden("spec.clusterIPs", "may not be set for ExternalName services");
                }
                for (String field : List.of("ipFamilies", "ipFamilyPolicy")) {
                    if (spec.json().hasNonNull(field) && !spec.json().path(field).isEmpty()) {
                        check.forbidden("spec." + field, "may not be set for ExternalName services");
                    }
                }
                String name = spec.text("externalName");
                if (name.isEmpty()) {
                    check.required("spec.externalName");
                } else {
                    check.dnsSubdomain("spec.externalName", name.endsWith(".") ? name.substring(0, name.length() - 1) : name);
                }
            }
            default -> { }
        }
    }

    private void ports() {
        Set<String> names = new HashSet<>();
        Map<String, Integer> byPort = new HashMap<>();
        Set<String> nodePorts = new HashSet<>();
        boolean many = spec.ports().size() > 1;
        each(spec.ports(), "spec.ports", (path, port) -> {
            String name = port.path("name").asString("");
            if (name.isEmpty() && many) {
                check.required(path + ".name");
            } else if (!name.isEmpty()) {
                check.dnsLabel(path + ".name", name);
                if (!names.add(name)) {
                    check.add(FieldError.duplicate(path + ".name", name));
                }
            }
            int number = port.path("port").asInt(0);
            check.port(path + ".port", number);
            String protocol = ServiceSpec.protocol(port);
            check.oneOf(path + ".protocol", protocol, PROTOCOLS);
            check.portNumberOrName(path + ".targetPort", port.path("targetPort"));
            String appProtocol = port.path("appProtocol").asString("");
            if (!appProtocol.isEmpty()) {
                check.qualifiedName(path + ".appProtocol", appProtocol);
            }
            if (byPort.put(protocol + number, number) != null) {
                check.add(FieldError.duplicate(path, port));
            }
            nodePort(path + ".nodePort", port, protocol, nodePorts);
        });
    }

    private void nodePort(String path, ObjectNode port, String protocol, Set<String> seen) {
        int nodePort = ServiceSpec.nodePort(port);
        if (nodePort == 0) {
            return;
        }
        if (nodePort < 0) {
            check.invalid(path, nodePort, "must be greater than or equal to 0");
        } else if (!spec.mayHaveNodePort()) {
            check.forbidden(path, "may not be used when `type` is '" + spec.type() + "'");
        } else if (!seen.add(protocol + nodePort)) {
            check.add(FieldError.duplicate(path, nodePort));
        }
    }

    private void affinity() {
        String affinity = spec.text("sessionAffinity");
        check.oneOf("spec.sessionAffinity", affinity, List.of("ClientIP", "None"));
        JsonNode config = spec.json().path("sessionAffinityConfig");
        if (affinity.equals("ClientIP")) {
            JsonNode timeout = config.path("clientIP").path("timeoutSeconds");
            String path = "spec.sessionAffinityConfig.clientIP.timeoutSeconds";
            if (timeout.isMissingNode()) {
                check.required(path);
            } else if (timeout.asInt(0) <= 0 || timeout.asInt(0) > MAX_AFFINITY_SECONDS) {
                check.invalid(path, timeout.asInt(0), "must be greater than 0 and less than " + MAX_AFFINITY_SECONDS);
            }
        } else if (affinity.equals("None") && config.isObject() && !config.isEmpty()) {
            check.forbidden("spec.sessionAffinityConfig", "must not be set when session affinity is None");
        }
    }

    private void addresses() {
        List<String> external = spec.strings("externalIPs");
        for (int i = 0; i < external.size(); i++) {
            check.nonSpecialIp("spec.externalIPs[" + i + "]", external.get(i));
        }
    }

    private void loadBalancer() {
        boolean balancer = spec.is(ServiceSpec.LOAD_BALANCER);
        List<String> ranges = spec.strings("loadBalancerSourceRanges");
        if (!ranges.isEmpty() && !balancer) {
            check.forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'");
        }
        for (int i = 0; i < ranges.size(); i++) {
            if (!isCidr(ranges.get(i).trim())) {
                check.invalid("spec.LoadBalancerSourceRanges[" + i + "]", ranges.get(i),
                        "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
            }
        }
        if (!balancer && spec.json().hasNonNull("allocateLoadBalancerNodePorts")) {
            check.forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'");
        }
        String loadBalancerClass = spec.text("loadBalancerClass");
        if (!loadBalancerClass.isEmpty()) {
            if (balancer) {
                check.qualifiedName("spec.loadBalancerClass", loadBalancerClass);
            } else {
                check.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
            }
        }
    }

    private static boolean isCidr(String text) {
        int slash = text.indexOf('/');
        Optional<InetAddress> address = slash < 0 ? Optional.empty() : Check.parseIp(text.substring(0, slash));
        return address.isPresent()
                && text.substring(slash + 1).matches("\\d{1,3}")
                && Integer.parseInt(text.substring(slash + 1)) <= address.get().getAddress().length * 8;
    }

    private void policies() {
        String external = spec.text("externalTrafficPolicy");
        if (spec.externallyAccessible()) {
            check.oneOf("spec.externalTrafficPolicy", external, POLICIES);
        } else if (!external.isEmpty()) {
            check.invalid("spec.externalTrafficPolicy", external, "may only be set for externally-accessible services");
        }
        int health = spec.healthCheckNodePort();
        if (health < 0) {
            check.invalid("spec.healthCheckNodePort", health, "must be greater than or equal to 0");
        } else if (health > 0 && !spec.needsHealthCheckNodePort()) {
            check.invalid("spec.healthCheckNodePort", health,
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        }
        if (spec.needsClusterIp()) {
            check.oneOf("spec.internalTrafficPolicy", spec.text("internalTrafficPolicy"), POLICIES);
        }
        String distribution = spec.text("trafficDistribution");
        if (!distribution.isEmpty()) {
            check.oneOf("spec.trafficDistribution", distribution, DISTRIBUTIONS);
        }
    }

    private void families(List<String> clusterFamilies) {
        if (!spec.needsClusterIp()) {
            return;
        }
        List<String> families = spec.strings("ipFamilies");
        String policy = spec.text("ipFamilyPolicy");
        if (!policy.isEmpty()) {
            check.oneOf("spec.ipFamilyPolicy", policy, FAMILY_POLICIES);
        }
        if (families.size() > 2) {
            check.invalid("spec.ipFamilies", spec.json().path("ipFamilies"), "may only hold up to 2 values");
        }
        boolean unselected = spec.headless() && !spec.hasSelector();
        for (int i = 0; i < families.size(); i++) {
            String path = "spec.ipFamilies[" + i + "]";
            if (!FAMILIES.contains(families.get(i))) {
                check.add(FieldError.notSupported(path, families.get(i), FAMILIES));
            } else if (families.indexOf(families.get(i)) < i) {
                check.add(FieldError.duplicate(path, families.get(i)));
            } else if (!clusterFamilies.contains(families.get(i)) && !unselected) {
                check.invalid(path, families.get(i), "not configured on this cluster");
            }
        }
        if (policy.equals("RequireDualStack") && clusterFamilies.size() < 2 && !unselected) {
            check.invalid("spec.ipFamilyPolicy", policy, "this cluster is not configured for dual-stack services");
        }
        if (policy.equals("SingleStack") && families.size() > 1) {
            check.invalid("spec.ipFamilyPolicy", policy, "may not be 'SingleStack' when multiple `ipFamilies` are specified");
        }
    }

    private void clusterIps() {
        List<String> ips = spec.clusterIps();
        String primary = spec.text("clusterIP");
        if (!spec.needsClusterIp()) {
            return;
        }
        if (!ips.isEmpty() && !ips.getFirst().equals(primary)) {
            check.invalid("spec.clusterIPs[0]", ips.getFirst(), "must match `clusterIP`");
        }
        if (ips.size() > 2) {
            check.invalid("spec.clusterIPs", spec.json().path("clusterIPs"), "may only hold up to 2 values");
        }
        if (ips.contains(ServiceSpec.NONE)) {
            if (ips.size() > 1) {
                check.invalid("spec.clusterIPs", spec.json().path("clusterIPs"), "'None' must be the first and only value");
            }
            return;
        }
        List<String> families = spec.strings("ipFamilies");
        for (int i = 0; i < ips.size(); i++) {
            String path = "spec.clusterIPs[" + i + "]";
            int place = i;
            check.ip(path, ips.get(i)).ifPresent(address -> {
                if (!Ip.text(address).equals(ips.get(place))) {
                    check.invalid(path, ips.get(place), "must be in canonical form (\"" + Ip.text(address) + "\")");
                }
                if (place < families.size() && !Check.family(address).equals(families.get(place))) {
                    check.invalid(path, ips.get(place), "expected an " + families.get(place)
                            + " value as indicated by `ipFamilies[" + place + "]`");
                }
            });
        }
    }

    private void transitions(ServiceSpec old) {
        if (spec.needsClusterIp() && old.needsClusterIp()) {
            List<String> before = old.clusterIps();
            List<String> after = spec.clusterIps();
            for (int i = 0; i < Math.min(before.size(), 1); i++) {
                if (after.isEmpty() || !after.getFirst().equals(before.getFirst())) {
                    check.invalid("spec.clusterIPs[0]", spec.json().path("clusterIPs"), "may not change once set");
                }
            }
            if (before.size() == 2 && after.size() == 2 && !before.get(1).equals(after.get(1))) {
                check.invalid("spec.clusterIPs[1]", spec.json().path("clusterIPs"), "may not change once set");
            }
            List<String> oldFamilies = old.strings("ipFamilies");
            List<String> families = spec.strings("ipFamilies");
            if (!oldFamilies.isEmpty() && !families.isEmpty() && !oldFamilies.getFirst().equals(families.getFirst())) {
                check.invalid("spec.ipFamilies[0]", families.getFirst(), "may not change once set");
            }
        }
        if (spec.needsHealthCheckNodePort() && old.needsHealthCheckNodePort() && old.healthCheckNodePort() != 0
                && spec.healthCheckNodePort() != old.healthCheckNodePort()) {
            check.invalid("spec.healthCheckNodePort", spec.healthCheckNodePort(), "field is immutable");
        }
        if (spec.is(ServiceSpec.LOAD_BALANCER) && old.is(ServiceSpec.LOAD_BALANCER)
                && !spec.text("loadBalancerClass").equals(old.text("loadBalancerClass"))) {
            check.invalid("spec.loadBalancerClass", spec.text("loadBalancerClass"), "may not change once set");
        }
    }

    private static void each(List<ObjectNode> nodes, String path, BiConsumer<String, ObjectNode> rule) {
        for (int i = 0; i < nodes.size(); i++) {
            rule.accept(path + "[" + i + "]", nodes.get(i));
        }
    }
}
