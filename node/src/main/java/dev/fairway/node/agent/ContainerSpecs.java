package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;
import dev.fairway.node.network.PodNetwork;
import dev.fairway.node.runtime.ContainerRuntime;
import dev.fairway.node.runtime.ContainerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Draws from a Pod what a runtime needs to know of one of its containers. */
final class ContainerSpecs {
    private ContainerSpecs() {}

    static ContainerSpec of(NodeServices node, KubeObject pod, JsonNode container, PodNetwork place, ContainerRuntime runtime)
            throws Environment.UnresolvedException {
        Map<String, String> environment = runtime.runsPrograms()
                ? new Environment(node.client(), pod, place.address().getHostAddress(), node.hostIp()).of(container)
                : Map.of();
        List<String> command = new ArrayList<>();
        for (String field : List.of("command", "args")) {
            container.path(field).forEach(word -> command.add(Environment.expand(word.asString(""), environment)));
        }
        List<ContainerSpec.Port> ports = new ArrayList<>();
        container.path("ports").forEach(port -> ports.add(new ContainerSpec.Port(
                port.path("name").asString(""), port.path("containerPort").asInt(0), port.path("protocol").asString("TCP"))));
        return new ContainerSpec(pod.namespace(), pod.name(), container.path("name").asString(""),
                container.path("image").asString(""), command, environment, container.path("workingDir").asString(""), ports, place);
    }
}
