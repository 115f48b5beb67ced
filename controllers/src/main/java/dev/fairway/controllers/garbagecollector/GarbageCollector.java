package dev.fairway.controllers.garbagecollector;

import dev.fairway.controllers.garbagecollector.OwnerGraph.Dependant;
import dev.fairway.controllers.garbagecollector.Verdict.OwnerState;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.OwnerReference;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Deletes what has lost its owners, waits with owners that are deleted in the foreground until their dependants are
 * gone, and sets dependants free where the owner says {@code orphan}.
 *
 * <p>An owner's absence is believed only when the server itself says so, never on the word of an informer.
 */
public final class GarbageCollector implements Controller {
    private static final int WORKERS = 10;

    private final ApiClient client;
    private final OwnerGraph graph = new OwnerGraph();
    private final WorkQueue<Item> queue = new WorkQueue<>("garbage-collector");
    private final EventRecorder events;
    private final CollectedResources resources;

    /** To be made after all other controllers, so that it finds the informers that they share. */
    public GarbageCollector(Context context) {
        this.client = context.client();
        this.events = context.events("garbage-collector-controller");
        for (Informer informer : context.informers().all()) {
            watch(informer);
        }
        this.resources = new CollectedResources(client, graph, this::watch, this::ready);
    }

    private void watch(Informer informer) {
        graph.add(informer);
        informer.onChange((before, after) -> changed(informer.type(), before, after));
    }

    private void changed(ResourceType type, Optional<KubeObject> before, Optional<KubeObject> after) {
        if (after.isPresent()) {
            KubeObject object = after.get();
            boolean ownersChanged = before.isEmpty()
                    || !before.get().ownerReferences().equals(object.ownerReferences());
            boolean endBegan = object.deleting()
                    && (before.isEmpty() || !before.get().deleting()
                            || !before.get().finalizers().equals(object.finalizers()));
            if (ownersChanged && !object.ownerReferences().isEmpty() || endBegan && finalized(object)) {
                queue.add(Item.of(type, object));
            }
        } else {
            graph.dependants(before.orElseThrow().uid())
                    .forEach(dependant -> queue.add(Item.of(dependant.type(), dependant.object())));
        }
        before.ifPresent(old -> tellOwners(old, after));
    }

    /** An owner that waits for its dependants looks again when one of them goes or lets go. */
    private void tellOwners(KubeObject before, Optional<KubeObject> after) {
        List<OwnerReference> still = after.map(KubeObject::ownerReferences).orElse(List.of());
        for (OwnerReference reference : before.ownerReferences()) {
            if (!still.contains(reference)) {
                graph.typeOf(reference).ifPresent(type -> graph.get(type, ownerKey(type, before, reference))
                        .filter(owner -> owner.uid().equals(reference.uid()) && Verdict.waits(owner))
                        .ifPresent(owner -> queue.add(Item.of(type, owner))));
            }
        }
    }

    private static ObjectKey ownerKey(ResourceType type, KubeObject dependant, OwnerReference reference) {
        return new ObjectKey(type.namespaced() ? dependant.namespace() : "", reference.name());
    }

    private static boolean finalized(KubeObject object) {
        List<String> finalizers = object.finalizers();
        return finalizers.contains(Verdict.FOREGROUND) || finalizers.contains(Verdict.ORPHAN);
    }

    /** Starts to find out what else the server serves; the work begins when all of it is known. */
    @Override
    public void start() {
        resources.start();
    }

    private void ready() {
        queue.start(WORKERS, this::reconcile);
    }

    private void reconcile(Item item) {
        Optional<KubeObject> found = client.find(item.type(), item.key().namespace(), item.key().name());
        if (found.isEmpty() || !found.get().uid().equals(item.uid())) {
            return;
        }
        KubeObject object = found.get();
        if (object.deleting()) {
            if (object.finalizers().contains(Verdict.ORPHAN)) {
                orphan(item, object);
            } else if (object.finalizers().contains(Verdict.FOREGROUND)) {
                waitForDependants(item, object);
            }
            return;
        }
        boolean hasDependants = !graph.dependants(object.uid()).isEmpty();
        switch (Verdict.of(object, reference -> state(item, object, reference), hasDependants)) {
            case Verdict.Keep() -> { }
            case Verdict.DropReferences(List<String> uids) -> dropReferences(item, object, uids);
            case Verdict.Delete(DeleteOptions.Propagation propagation) -> delete(item, propagation);
        }
    }

    private OwnerState state(Item item, KubeObject object, OwnerReference reference) {
        Optional<ResourceType> type = graph.typeOf(reference);
        if (type.isEmpty()) {
            return OwnerState.PRESENT;
        }
        if (type.get().namespaced() && !item.type().namespaced()) {
            events.warning(object, "OwnerRefInvalidNamespace", "ownerRef [" + reference.apiVersion() + "/"
                    + reference.kind() + ", name: " + reference.name() + ", uid: " + reference.uid()
                    + "] is namespaced, which an owner of a cluster-scoped object cannot be");
            return OwnerState.PRESENT;
        }
        ObjectKey key = ownerKey(type.get(), object, reference);
        Optional<KubeObject> owner = graph.get(type.get(), key)
                .filter(known -> known.uid().equals(reference.uid()))
                .or(() -> client.find(type.get(), key.namespace(), key.name())
                        .filter(live -> live.uid().equals(reference.uid())));
        return owner.map(found -> Verdict.waits(found) ? OwnerState.WAITING : OwnerState.PRESENT)
                .orElse(OwnerState.ABSENT);
    }

    private void delete(Item item, DeleteOptions.Propagation propagation) {
        try {
            client.delete(item.type(), item.key().namespace(), item.key().name(),
                    DeleteOptions.DEFAULT.withPropagation(propagation).withUid(item.uid()));
        } catch (ApiException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }

    private void waitForDependants(Item item, KubeObject owner) {
        List<Dependant> dependants = graph.dependants(owner.uid());
        if (dependants.stream().noneMatch(dependant -> dependant.blocks(owner.uid()))) {
            removeFinalizer(item, owner, Verdict.FOREGROUND);
            return;
        }
        dependants.stream()
                .filter(dependant -> !dependant.object().deleting())
                .forEach(dependant -> queue.add(Item.of(dependant.type(), dependant.object())));
    }

    private void orphan(Item item, KubeObject owner) {
        for (Dependant dependant : graph.dependants(owner.uid())) {
            Item freed = Item.of(dependant.type(), dependant.object());
            client.find(freed.type(), freed.key().namespace(), freed.key().name())
                    .filter(live -> live.uid().equals(freed.uid()))
                    .ifPresent(live -> dropReferences(freed, live, List.of(owner.uid())));
        }
        removeFinalizer(item, owner, Verdict.ORPHAN);
    }

    private void dropReferences(Item item, KubeObject object, List<String> uids) {
        ObjectNode patch = precondition(object);
        ArrayNode left = patch.withObject("/metadata").putArray("ownerReferences");
        object.at("/metadata/ownerReferences").forEach(reference -> {
            if (!uids.contains(reference.path("uid").asString(""))) {
                left.add(reference);
            }
        });
        patch(item, patch);
    }

    private void removeFinalizer(Item item, KubeObject object, String finalizer) {
        ObjectNode patch = precondition(object);
        ArrayNode left = patch.withObject("/metadata").putArray("finalizers");
        object.finalizers().stream().filter(name -> !name.equals(finalizer)).forEach(left::add);
        patch(item, patch);
    }

    private static ObjectNode precondition(KubeObject object) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", object.uid()).put("resourceVersion", object.resourceVersion());
        return patch;
    }

    private void patch(Item item, ObjectNode patch) {
        try {
            client.patch(item.type(), item.key().namespace(), item.key().name(), PatchType.MERGE, patch);
        } catch (ApiException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        queue.close();
        resources.close();
        events.close();
    }
}
