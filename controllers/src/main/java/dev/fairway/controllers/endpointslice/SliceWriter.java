package dev.fairway.controllers.endpointslice;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.informer.Informer;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Carries out slice plans. */
public final class SliceWriter {
    private final ApiClient client;
    private final Informer slices;
    private final WriteFence fence;

    public SliceWriter(ApiClient client, Informer slices, WriteFence fence) {
        this.client = client;
        this.slices = slices;
        this.fence = fence;
    }

    /**
     * Writes a plan; new endpoints before old ones go.
     *
     * @param trigger when the change behind this plan happened; empty if unknown
     */
    public void write(ObjectKey key, SlicePlan plan, Optional<Instant> trigger) {
        SlicePlan noted = plan.mapWrites(slice -> note(slice, trigger));
        for (KubeObject slice : noted.create()) {
            try {
                fence.wrote(key, slices, client.create(ResourceType.ENDPOINT_SLICES, slice));
            } catch (ApiException e) {
                if (!Pods.namespaceTerminating(e)) {
                    throw e;
                }
            }
        }
        for (KubeObject slice : noted.update()) {
            fence.wrote(key, slices, client.update(ResourceType.ENDPOINT_SLICES, slice));
        }
        for (KubeObject slice : noted.delete()) {
            try {
                client.delete(ResourceType.ENDPOINT_SLICES, slice.namespace(), slice.name(),
                        DeleteOptions.DEFAULT.withUid(slice.uid()));
            } catch (ApiException e) {
                if (!e.notFound()) {
                    throw e;
                }
            }
            fence.deleted(key, slices, slice);
        }
    }

    private static KubeObject note(KubeObject slice, Optional<Instant> trigger) {
        if (trigger.isPresent()) {
            ObjectNode annotations = slice.metadata().withObject("/annotations");
            annotations.put(SliceTemplate.TRIGGER_TIME, trigger.get().toString());
        }
        return slice;
    }
}
