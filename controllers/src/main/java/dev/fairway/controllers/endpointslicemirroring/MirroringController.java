package dev.fairway.controllers.endpointslicemirroring;

import dev.fairway.controllers.endpointslice.Mirror;
import dev.fairway.controllers.endpointslice.ServiceEndpoints;
import dev.fairway.controllers.endpointslice.SlicePlan;
import dev.fairway.controllers.endpointslice.SliceTemplate;
import dev.fairway.controllers.endpointslice.SliceWriter;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.informer.Index;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Mirrors hand-made Endpoints of Services without a selector into EndpointSlices. */
public final class MirroringController implements Controller {
    private static final int WORKERS = 2;

    private final Informer endpoints;
    private final Informer services;
    private final Index slicesByService;
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("endpointslicemirroring-controller");
    private final WriteFence fence = new WriteFence();
    private final SliceWriter writer;

    public MirroringController(Context context) {
        this.endpoints = context.informer(ResourceType.ENDPOINTS);
        this.services = context.informer(ResourceType.SERVICES);
        Informer slices = context.informer(ResourceType.ENDPOINT_SLICES);
        this.slicesByService = slices.indexBy(slice -> mirrored(slice).map(ObjectKey::toString).stream().toList());
        this.writer = new SliceWriter(context.client(), slices, fence);
        endpoints.onChange((before, after) -> queue.add(after.or(() -> before).orElseThrow().key()));
        services.onChange((before, after) -> queue.add(after.or(() -> before).orElseThrow().key()));
        slices.onChange((before, after) -> Stream.of(before, after)
                .flatMap(Optional::stream)
                .flatMap(slice -> mirrored(slice).stream())
                .forEach(queue::add));
    }

    private static Optional<ObjectKey> mirrored(KubeObject slice) {
        Map<String, String> labels = slice.labels();
        return Mirror.CONTROLLER.equals(labels.get(SliceTemplate.MANAGED_BY))
                ? Optional.ofNullable(labels.get(SliceTemplate.SERVICE_NAME))
                        .map(name -> new ObjectKey(slice.namespace(), name))
                : Optional.empty();
    }

    @Override
    public void start() {
        queue.start(WORKERS, this::reconcile);
    }

    private void reconcile(ObjectKey key) throws InterruptedException {
        fence.await(key);
        List<KubeObject> existing = slicesByService.get(key.toString());
        Optional<KubeObject> source = endpoints.get(key)
                .filter(Mirror::wanted)
                .filter(object -> services.get(key)
                        .filter(service -> ServiceEndpoints.selector(service).isEmpty())
                        .isPresent());
        SlicePlan plan = source.map(object -> Mirror.plan(object, existing))
                .orElseGet(() -> new SlicePlan(List.of(), List.of(), existing));
        if (!plan.isEmpty()) {
            writer.write(key, plan, Optional.empty());
        }
    }

    @Override
    public void close() {
        queue.close();
    }
}
