package dev.fairway.controllers.endpointslice;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A port of a group of endpoints.
 *
 * @param appProtocol empty for none
 */
public record EndpointPort(String name, int port, String protocol, String appProtocol) {

    public static EndpointPort of(JsonNode node) {
        return new EndpointPort(
                node.path("name").asString(""),
                node.path("port").asInt(0),
                node.path("protocol").asString("TCP"),
                node.path("appProtocol").asString(""));
    }

    public ObjectNode json() {
        ObjectNode node = Json.object().put("name", name).put("port", port).put("protocol", protocol);
        if (!appProtocol.isEmpty()) {
            node.put("appProtocol", appProtocol);
        }
        return node;
    }

    public static List<EndpointPort> list(JsonNode ports) {
        return ports.valueStream().map(EndpointPort::of).toList();
    }

    public static ArrayNode json(List<EndpointPort> ports) {
        ArrayNode array = Json.mapper().createArrayNode();
        ports.forEach(port -> array.add(port.json()));
        return array;
    }

    /** A Service's ports as they are on one Pod; a named port that the Pod lacks is left out. */
    public static List<EndpointPort> of(KubeObject service, KubeObject pod) {
        List<EndpointPort> ports = new ArrayList<>();
        for (JsonNode port : service.at("/spec/ports")) {
            EndpointPort declared = of(port);
            targetPort(port, declared, pod).ifPresent(number -> ports.add(
                    new EndpointPort(declared.name(), number, declared.protocol(), declared.appProtocol())));
        }
        return ports;
    }

    private static OptionalInt targetPort(JsonNode servicePort, EndpointPort declared, KubeObject pod) {
        JsonNode target = servicePort.path("targetPort");
        if (!target.isString()) {
            int number = target.asInt(0);
            return OptionalInt.of(number == 0 ? declared.port() : number);
        }
        for (String containers : new String[] {"/spec/containers", "/spec/initContainers"}) {
            for (JsonNode container : pod.at(containers)) {
                if (containers.endsWith("initContainers")
                        && !container.path("restartPolicy").asString("").equals("Always")) {
                    continue;
                }
                for (JsonNode port : container.path("ports")) {
                    if (port.path("name").asString("").equals(target.stringValue())
                            && port.path("protocol").asString("TCP").equals(declared.protocol())) {
                        return OptionalInt.of(port.path("containerPort").asInt(0));
                    }
                }
            }
        }
        return OptionalInt.empty();
    }
}
