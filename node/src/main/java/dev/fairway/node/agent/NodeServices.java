package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.events.EventType;
import dev.fairway.kube.events.ObjectReference;
import dev.fairway.node.network.NodeNetwork;
import dev.fairway.node.probe.Prober;
import dev.fairway.node.runtime.ContainerRuntime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What every Pod's worker of one node shares. */
record NodeServices(
        ApiClient client, NodeNetwork network, List<ContainerRuntime> runtimes, Prober prober, EventRecorder events) {

    Optional<ContainerRuntime> runtimeFor(String image) {
        return runtimes.stream().filter(runtime -> runtime.runs(image)).findFirst();
    }

    /** Why an image does not run, and what would run it. */
    String noRuntime(String image) {
        return "image \"" + image + "\" needs a container runtime such as containerd, which this node does not have;"
                + " this node runs " + runtimes.stream().map(runtime -> "fairway.local/" + runtime.name()).collect(Collectors.joining(" and "));
    }

    String hostIp() {
        return network.address().getHostAddress();
    }

    void normal(KubeObject pod, Container container, String reason, String message) {
        events.record(about(pod, container), EventType.Normal, reason, message);
    }

    void warning(KubeObject pod, Container container, String reason, String message) {
        events.record(about(pod, container), EventType.Warning, reason, message);
    }

    private static ObjectReference about(KubeObject pod, Container container) {
        return ObjectReference.of(pod).withFieldPath(container.fieldPath());
    }
}
