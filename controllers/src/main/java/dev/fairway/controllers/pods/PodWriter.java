package dev.fairway.controllers.pods;

import dev.fairway.controllers.runtime.Ownership;
import dev.fairway.controllers.runtime.SlowStart;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.informer.Informer;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes, deletes, adopts and gives up Pods for their owner, with the Events that tell of it. */
public final class PodWriter {
    private final ApiClient client;
    private final Informer pods;
    private final EventRecorder events;
    private final WriteFence fence;

    public PodWriter(ApiClient client, Informer pods, EventRecorder events, WriteFence fence) {
        this.client = client;
        this.pods = pods;
        this.events = events;
        this.fence = fence;
    }

    /** Makes {@code count} Pods with generated names; the answer is the first failure. */
    public Optional<RuntimeException> create(KubeObject owner, JsonNode template, int count)
            throws InterruptedException {
        if (count == 0) {
            return Optional.empty();
        }
        KubeObject pod = Pods.fromTemplate(template, owner);
        pod.metadata().put("generateName", owner.name() + "-");
        return SlowStart.run(Collections.nCopies(count, pod), one -> create(owner, one));
    }

    /** Makes one Pod; a refusal because the namespace is going away is not told as an Event. */
    public void create(KubeObject owner, KubeObject pod) {
        try {
            KubeObject made = client.create(ResourceType.PODS, pod);
            fence.wrote(owner.key(), pods, made);
            events.normal(owner, "SuccessfulCreate", "Created pod: " + made.name());
        } catch (ApiException e) {
            if (!Pods.namespaceTerminating(e)) {
                events.warning(owner, "FailedCreate", "Error creating: " + e.getMessage());
            }
            throw e;
        }
    }

    /** Deletes Pods with their own grace period; the answer is the first failure. */
    public Optional<RuntimeException> delete(KubeObject owner, List<KubeObject> victims) throws InterruptedException {
        return victims.isEmpty() ? Optional.empty() : SlowStart.run(victims, pod -> delete(owner, pod));
    }

    /** Deletes one Pod; one that is gone already is a success. */
    public void delete(KubeObject owner, KubeObject pod) {
        try {
            client.delete(ResourceType.PODS, pod.namespace(), pod.name(), DeleteOptions.DEFAULT.withUid(pod.uid()));
            events.normal(owner, "SuccessfulDelete", "Deleted pod: " + pod.name());
        } catch (ApiException e) {
            if (!e.notFound() && !e.conflict()) {
                events.warning(owner, "FailedDelete", "Error deleting: " + e.getMessage());
                throw e;
            }
        }
        fence.deleted(owner.key(), pods, pod);
    }

    public void adopt(KubeObject owner, KubeObject pod) {
        patch(owner, pod, Ownership.adoption(owner, pod));
    }

    public void release(KubeObject owner, KubeObject pod) {
        patch(owner, pod, Ownership.release(owner, pod));
    }

    private void patch(KubeObject owner, KubeObject pod, ObjectNode patch) {
        try {
            fence.wrote(owner.key(), pods, client.patch(
                    ResourceType.PODS, pod.namespace(), pod.name(), PatchType.STRATEGIC_MERGE, patch));
        } catch (ApiException e) {
            if (!e.notFound()) {
                throw e;
            }
            fence.deleted(owner.key(), pods, pod);
        }
    }
}
