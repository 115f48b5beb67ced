package dev.fairway.node.runtime;

import dev.fairway.node.network.PodNetwork;
import java.util.List;
import java.util.Map;

/**
 * What a runtime needs to know of a container.
 *
 * @param podNamespace the Pod's API namespace
 * @param podName the Pod's name
 * @param name the container's name
 * @param image the image
 * @param command the program and its arguments; empty for what the image says
 * @param environment variables, resolved
 * @param workingDirectory empty for the runtime's default
 * @param ports where it listens
 * @param network the Pod's network
 */
public record ContainerSpec(
        String podNamespace,
        String podName,
        String name,
        String image,
        List<String> command,
        Map<String, String> environment,
        String workingDirectory,
        List<Port> ports,
        PodNetwork network) {
    /** A port of a container; the protocol is {@code TCP}, {@code UDP} or {@code SCTP}. */
    public record Port(String name, int number, String protocol) {}

    public ContainerSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        ports = List.copyOf(ports);
    }

    @Override
    public String toString() {
        // The environment may hold secrets.
        return podNamespace + "/" + podName + "/" + name;
    }
}
