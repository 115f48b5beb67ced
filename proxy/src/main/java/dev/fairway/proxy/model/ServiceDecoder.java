package dev.fairway.proxy.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Makes a {@link Service} from the API's JSON, with the API's defaults for what is absent. */
public final class ServiceDecoder {
    static final String LABEL_PROXY_NAME = "service.kubernetes.io/service-proxy-name";
    static final String LABEL_HEADLESS = "service.kubernetes.io/headless";
    /** {@code v1.DefaultClientIPServiceAffinitySeconds}. */
    private static final int DEFAULT_AFFINITY_SECONDS = 10_800;
    private static final int MOST_AFFINITY_SECONDS = 86_400;
    private static final int MOST_PORT = 65_535;

    private ServiceDecoder() {}

    /**
     * @throws RejectedException if a field that rules would be made from is bad; one that is not proxied is checked by name
     *     only
     */
    public static Service decode(JsonNode json) {
        Fields fields = new Fields("Service", json);
        fields.label(fields.key().namespace(), "metadata.namespace");
        fields.label(fields.key().name(), "metadata.name");
        JsonNode spec = json.path("spec");
        String type = fields.string(spec, "type", "spec.", "ClusterIP");
        String clusterIp = fields.string(spec, "clusterIP", "spec.", "");
        if (isLeftToOthers(json.path("metadata").path("labels")) || type.equals("ExternalName")
                || clusterIp.isEmpty() || clusterIp.equals("None")) {
            return new Service(fields.key(), false, List.of(), List.of(), List.of(), List.of(), List.of(), 0, false, false, 0);
        }
        List<IpAddress> externalIps = fields.addresses(spec, "externalIPs", "spec.");
        boolean externalLocal = isExternal(type, externalIps)
                && fields.string(spec, "externalTrafficPolicy", "spec.", "").equals("Local");
        OptionalInt healthCheck = fields.integer(spec, "healthCheckNodePort", "spec.", 0, MOST_PORT);
        return new Service(
                fields.key(),
                true,
                clusterIps(fields, spec, clusterIp),
                ports(fields, spec),
                externalIps,
                loadBalancerVips(fields, json.path("status").path("loadBalancer")),
                sourceRanges(fields, spec),
                affinitySeconds(fields, spec),
                externalLocal,
                fields.string(spec, "internalTrafficPolicy", "spec.", "").equals("Local"),
                externalLocal && type.equals("LoadBalancer") ? healthCheck.orElse(0) : 0);
    }

    /** Whether the labels hand an object to another proxy, or say that it needs none, whatever their value. */
    static boolean isLeftToOthers(JsonNode labels) {
        return labels.has(LABEL_PROXY_NAME) || labels.has(LABEL_HEADLESS);
    }

    private static boolean isExternal(String type, List<IpAddress> externalIps) {
        return type.equals("LoadBalancer") || type.equals("NodePort") || type.equals("ClusterIP") && !externalIps.isEmpty();
    }

    private static List<IpAddress> clusterIps(Fields fields, JsonNode spec, String clusterIp) {
        List<IpAddress> ips = fields.addresses(spec, "clusterIPs", "spec.");
        if (ips.isEmpty()) {
            return List.of(fields.address(clusterIp, "spec.clusterIP"));
        }
        if (ips.size() > 2 || ips.size() == 2 && ips.get(0).family() == ips.get(1).family()) {
            throw fields.refuse("spec.clusterIPs", "must be at most one address per family");
        }
        return ips;
    }

    private static List<ServicePort> ports(Fields fields, JsonNode spec) {
        List<JsonNode> nodes = fields.array(spec, "ports", "spec.");
        List<ServicePort> ports = new ArrayList<>(nodes.size());
        Set<String> names = new HashSet<>();
        for (int i = 0; i < nodes.size(); i++) {
            String path = "spec.ports[" + i + "].";
            JsonNode node = nodes.get(i);
            String name = fields.string(node, "name", path, "");
            if (!name.isEmpty()) {
                fields.label(name, path + "name");
            }
            if (!names.add(name)) {
                throw fields.refuse(path + "name", "is that of another port");
            }
            int number = fields.integer(node, "port", path, 1, MOST_PORT)
                    .orElseThrow(() -> fields.refuse(path + "port", "must be set"));
            int nodePort = fields.integer(node, "nodePort", path, 0, MOST_PORT).orElse(0);
            ports.add(new ServicePort(name.intern(), fields.protocol(node, path), number, nodePort));
        }
        return List.copyOf(ports);
    }

    private static List<IpAddress> loadBalancerVips(Fields fields, JsonNode status) {
        List<JsonNode> nodes = fields.array(status, "ingress", "status.loadBalancer.");
        List<IpAddress> vips = new ArrayList<>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            String path = "status.loadBalancer.ingress[" + i + "].";
            String ip = fields.string(nodes.get(i), "ip", path, "");
            if (!ip.isEmpty() && fields.string(nodes.get(i), "ipMode", path, "VIP").equals("VIP")) {
                vips.add(fields.address(ip, path + "ip"));
            }
        }
        return List.copyOf(vips);
    }

    /** One bad range refuses the whole Service: without it the others might let in more than was meant, or nobody. */
    private static List<IpCidr> sourceRanges(Fields fields, JsonNode spec) {
        List<JsonNode> nodes = fields.array(spec, "loadBalancerSourceRanges", "spec.");
        List<IpCidr> ranges = new ArrayList<>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            String path = "spec.loadBalancerSourceRanges[" + i + "]";
            ranges.add(fields.cidr(fields.text(nodes.get(i), path).strip(), path));
        }
        return List.copyOf(ranges);
    }

    private static int affinitySeconds(Fields fields, JsonNode spec) {
        String affinity = fields.string(spec, "sessionAffinity", "spec.", "None");
        return switch (affinity) {
            case "None", "" -> 0;
            case "ClientIP" -> fields.integer(spec.path("sessionAffinityConfig").path("clientIP"), "timeoutSeconds",
                            "spec.sessionAffinityConfig.clientIP.", 1, MOST_AFFINITY_SECONDS)
                    .orElse(DEFAULT_AFFINITY_SECONDS);
            default -> throw fields.refuse("spec.sessionAffinity", "must be None or ClientIP, not " + Fields.quoted(affinity));
        };
    }
}
