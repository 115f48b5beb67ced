package dev.fairway.controllers.endpointslice;

import dev.fairway.controllers.runtime.ByLabel;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.informer.Index;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps the EndpointSlices of every Service with a selector. A lone change is written at once; changes that arrive
 * during a write are merged into the next.
 */
public final class EndpointSliceController implements Controller {
    private static final int WORKERS = 5;

    private final Informer services;
    private final ByLabel pods;
    private final Informer nodes;
    private final Index slicesByService;
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("endpointslice-controller");
    private final WriteFence fence = new WriteFence();
    private final TriggerTimes triggers = new TriggerTimes();
    private final SliceWriter writer;
    private final EventRecorder events;

    public EndpointSliceController(Context context) {
        this.services = context.informer(ResourceType.SERVICES);
        this.pods = context.byLabel(ResourceType.PODS);
        this.nodes = context.informer(ResourceType.NODES);
        Informer slices = context.informer(ResourceType.ENDPOINT_SLICES);
        this.slicesByService = slices.indexBy(slice -> managedFor(slice).map(ObjectKey::toString).stream().toList());
        this.events = context.events("endpoint-slice-controller");
        this.writer = new SliceWriter(context.client(), slices, fence);
        services.onChange((before, after) -> queue.add(after.or(() -> before).orElseThrow().key()));
        PodWatch.install(context, queue::add);
        nodes.onChange(this::nodeChanged);
        slices.onChange((before, after) -> {
            before.flatMap(EndpointSliceController::managedFor).ifPresent(queue::add);
            after.flatMap(EndpointSliceController::managedFor).ifPresent(queue::add);
        });
    }

    /** The Service that a slice of this controller belongs to. */
    private static Optional<ObjectKey> managedFor(KubeObject slice) {
        Map<String, String> labels = slice.labels();
        return SliceTemplate.CONTROLLER.equals(labels.get(SliceTemplate.MANAGED_BY))
                ? Optional.ofNullable(labels.get(SliceTemplate.SERVICE_NAME))
                        .map(name -> new ObjectKey(slice.namespace(), name))
                : Optional.empty();
    }

    private void nodeChanged(Optional<KubeObject> before, Optional<KubeObject> after) {
        if (!zone(before).equals(zone(after)) || before.isPresent() != after.isPresent()) {
            services.all().forEach(service -> queue.add(service.key()));
        }
    }

    private static Optional<String> zone(Optional<KubeObject> node) {
        return node.map(one -> one.labels().get(ServiceEndpoints.ZONE_LABEL));
    }

    @Override
    public void start() {
        queue.start(WORKERS, this::reconcile);
    }

    private void reconcile(ObjectKey key) throws InterruptedException {
        fence.await(key);
        Optional<KubeObject> found = services.get(key);
        if (found.isEmpty()) {
            // The garbage collector takes the slices of a Service that is gone.
            triggers.forget(key);
            return;
        }
        KubeObject service = found.get();
        Optional<Map<String, String>> selector = ServiceEndpoints.selector(service);
        if (selector.isEmpty()) {
            return;
        }
        List<KubeObject> selected = pods.select(key.namespace(), selector.get());
        SlicePlan plan = SlicePlan.of(
                SliceTemplate.ofService(service),
                desired(service, selected),
                slicesByService.get(key.toString()),
                SlicePlan.MAX_ENDPOINTS);
        Optional<Instant> trigger = triggers.next(service, selected);
        if (!plan.isEmpty()) {
            try {
                writer.write(key, plan, trigger);
            } catch (dev.fairway.kube.client.ApiException e) {
                triggers.forget(key);
                if (!e.conflict()) {
                    events.warning(service, "FailedToUpdateEndpointSlices",
                            "Error updating Endpoint Slices for Service " + key + ": " + e.getMessage());
                }
                throw e;
            }
        }
    }

    private Map<AddressType, Map<List<EndpointPort>, List<ObjectNode>>> desired(
            KubeObject service, List<KubeObject> selected) {
        Map<AddressType, Map<List<EndpointPort>, List<ObjectNode>>> desired = new TreeMap<>();
        for (AddressType type : AddressType.of(service)) {
            desired.put(type, ServiceEndpoints.desired(
                    service, selected, type, name -> nodes.get(new ObjectKey("", name))));
        }
        return desired;
    }

    @Override
    public void close() {
        queue.close();
        events.close();
    }
}
