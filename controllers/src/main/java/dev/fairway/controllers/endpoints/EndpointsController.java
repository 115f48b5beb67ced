package dev.fairway.controllers.endpoints;

import dev.fairway.controllers.endpointslice.PodWatch;
import dev.fairway.controllers.endpointslice.ServiceEndpoints;
import dev.fairway.controllers.endpointslice.TriggerTimes;
import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.ByLabel;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.runtime.Statuses;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Keeps an Endpoints object for every Service with a selector, and deletes it with the Service. */
public final class EndpointsController implements Controller {
    private static final int WORKERS = 5;

    private final ApiClient client;
    private final Informer services;
    private final ByLabel pods;
    private final Informer endpoints;
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("endpoint-controller");
    private final WriteFence fence = new WriteFence();
    private final TriggerTimes triggers = new TriggerTimes();
    private final EventRecorder events;

    public EndpointsController(Context context) {
        this.client = context.client();
        this.services = context.informer(ResourceType.SERVICES);
        this.pods = context.byLabel(ResourceType.PODS);
        this.endpoints = context.informer(ResourceType.ENDPOINTS);
        this.events = context.events("endpoint-controller");
        services.onChange((before, after) -> queue.add(after.or(() -> before).orElseThrow().key()));
        PodWatch.install(context, queue::add);
        // Somebody else's change or deletion is put right; an object left from before a Service went is found too.
        endpoints.onChange((before, after) -> queue.add(after.or(() -> before).orElseThrow().key()));
    }

    @Override
    public void start() {
        queue.start(WORKERS, this::reconcile);
    }

    private void reconcile(ObjectKey key) throws InterruptedException {
        fence.await(key);
        Optional<KubeObject> existing = endpoints.get(key);
        Optional<KubeObject> found = services.get(key);
        if (found.isEmpty()) {
            triggers.forget(key);
            existing.filter(EndpointsController::managed).ifPresent(this::delete);
            return;
        }
        KubeObject service = found.get();
        Optional<Map<String, String>> selector = ServiceEndpoints.selector(service);
        if (selector.isEmpty()) {
            return;
        }
        List<KubeObject> selected = pods.select(key.namespace(), selector.get());
        KubeObject wanted = EndpointsContent.of(service, selected, EndpointsContent.MAX_ADDRESSES);
        Optional<Instant> trigger = triggers.next(service, selected);
        if (existing.isEmpty()) {
            write(service, wanted, trigger, false);
        } else if (!matches(existing.get(), wanted)) {
            wanted.metadata().put("resourceVersion", existing.get().resourceVersion());
            write(service, wanted, trigger, true);
        }
    }

    private static boolean managed(KubeObject endpoints) {
        return endpoints.labels().containsKey(EndpointsContent.MANAGED_BY);
    }

    private static boolean matches(KubeObject existing, KubeObject wanted) {
        Map<String, String> annotations = new TreeMap<>(existing.annotations());
        annotations.remove(EndpointsContent.TRIGGER_TIME);
        return existing.labels().equals(wanted.labels())
                && annotations.equals(wanted.annotations())
                && (existing.at("/subsets").isEmpty() && wanted.at("/subsets").isEmpty()
                        || Statuses.same(existing.at("/subsets"), wanted.at("/subsets")));
    }

    private void write(KubeObject service, KubeObject wanted, Optional<Instant> trigger, boolean update) {
        trigger.ifPresent(time -> wanted.metadata().withObject("/annotations")
                .put(EndpointsContent.TRIGGER_TIME, time.toString()));
        try {
            fence.wrote(service.key(), endpoints, update
                    ? client.update(ResourceType.ENDPOINTS, wanted)
                    : client.create(ResourceType.ENDPOINTS, wanted));
        } catch (ApiException e) {
            triggers.forget(service.key());
            if (Pods.namespaceTerminating(e)) {
                return;
            }
            if (!e.conflict()) {
                events.warning(service, update ? "FailedToUpdateEndpoint" : "FailedToCreateEndpoint",
                        "Failed to " + (update ? "update" : "create") + " endpoint " + service.key() + ": "
                                + e.getMessage());
            }
            throw e;
        }
    }

    private void delete(KubeObject leftOver) {
        try {
            client.delete(ResourceType.ENDPOINTS, leftOver.namespace(), leftOver.name(),
                    DeleteOptions.DEFAULT.withUid(leftOver.uid()));
        } catch (ApiException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
        fence.deleted(leftOver.key(), endpoints, leftOver);
    }

    @Override
    public void close() {
        queue.close();
        events.close();
    }
}
