package dev.fairway.node.agent;

import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.PatchType;
import dev.fairway.node.network.PodNetwork;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tells the API how one Pod is, when that has changed. */
final class StatusWriter {
    private final NodeServices node;
    private final Instant startTime;
    private JsonNode told;
    private ObjectNode published = Json.object();
    private Optional<String> keptAddress = Optional.empty();

    StatusWriter(NodeServices node, KubeObject pod) {
        this.node = node;
        this.startTime = pod.instant("/status/startTime").orElseGet(Instant::now);
        this.told = pod.at("/status");
    }

    /** When the Pod came to this node. */
    Instant startTime() {
        return startTime;
    }

    /** The Pod's network goes, but its address stays in the status. */
    void keepAddress(PodNetwork network) {
        keptAddress = Optional.of(network.address().getHostAddress());
    }

    /**
     * Publishes the status if it has changed.
     *
     * @return the Pod as the API has it now; empty if nothing was to be told
     */
    Optional<KubeObject> publish(
            KubeObject pod, List<Container> init, List<Container> main, Optional<PodNetwork> network, Optional<PodFailure> failure) {
        Optional<String> address = network.map(place -> place.address().getHostAddress()).or(() -> keptAddress);
        ObjectNode status = PodStatus.of(new PodStatus.Facts(pod, init, main, address, node.hostIp(), startTime, failure, told, Instant.now()));
        if (status.equals(published)) {
            return Optional.empty();
        }
        ObjectNode patch = Json.object();
        // Another Pod of the same name must not get this one's status.
        patch.putObject("metadata").put("uid", pod.uid());
        patch.set("status", status);
        KubeObject answer =
                node.client().patchStatus(ResourceType.PODS, pod.namespace(), pod.name(), PatchType.STRATEGIC_MERGE, patch);
        published = status;
        told = status;
        return Optional.of(answer);
    }

    /** Lets the object go for good; one that is gone, or is another Pod by now, is as good. */
    void deletePod(KubeObject pod) {
        try {
            node.client().delete(ResourceType.PODS, pod.namespace(), pod.name(),
                    DeleteOptions.DEFAULT.withGracePeriod(0).withUid(pod.uid()));
        } catch (ApiException e) {
            if (!e.notFound() && e.code() != 409) {
                throw e;
            }
        }
    }
}
