package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The variables by which a container finds the Services that were there when it started, such as
 * {@code REDIS_SERVICE_HOST} and {@code REDIS_PORT_6379_TCP_ADDR} (Kubernetes documentation, "Environment variables"
 * under "Discovering services").
 */
final class ServiceEnvironment {
    private ServiceEnvironment() {}

    /** Services without a cluster IP have no variables. */
    static Map<String, String> of(Collection<KubeObject> services) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (KubeObject service : services) {
            String address = service.string("/spec/clusterIP");
            JsonNode ports = service.at("/spec/ports");
            if (!address.isEmpty() && !address.equals("None") && !ports.isEmpty()) {
                add(name(service.name()), address, ports, variables);
            }
        }
        return variables;
    }

    private static void add(String service, String address, JsonNode ports, Map<String, String> variables) {
        variables.put(service + "_SERVICE_HOST", address);
        variables.put(service + "_SERVICE_PORT", ports.path(0).path("port").asString());
        for (JsonNode port : ports) {
            String name = port.path("name").asString("");
            if (!name.isEmpty()) {
                variables.put(service + "_SERVICE_PORT_" + name(name), port.path("port").asString());
            }
        }
        variables.put(service + "_PORT", url(address, ports.path(0)));
        for (JsonNode port : ports) {
            String prefix = service + "_PORT_" + port.path("port").asString() + "_" + name(protocol(port));
            variables.put(prefix, url(address, port));
            variables.put(prefix + "_PROTO", protocol(port));
            variables.put(prefix + "_PORT", port.path("port").asString());
            variables.put(prefix + "_ADDR", address);
        }
    }

    private static String url(String address, JsonNode port) {
        String host = InetAddress.ofLiteral(address) instanceof Inet6Address ? "[" + address + "]" : address;
        return protocol(port) + "://" + host + ":" + port.path("port").asString();
    }

    private static String protocol(JsonNode port) {
        return port.path("protocol").asString("TCP").toLowerCase(Locale.ROOT);
    }

    private static String name(String text) {
        return text.replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
