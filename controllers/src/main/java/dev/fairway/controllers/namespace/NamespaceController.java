package dev.fairway.controllers.namespace;

import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.runtime.Discovery;
import dev.fairway.controllers.runtime.Statuses;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Empties namespaces that are being deleted, and lets them go when nothing is left in them. */
public final class NamespaceController implements Controller {
    private static final String FINALIZER = "kubernetes";
    private static final int WORKERS = 5;
    /** Deletions come in crowds; one round for many of them. */
    private static final Duration GATHER = Duration.ofMillis(25);
    /** For content that no informer of ours tells of. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Context context;
    private final ApiClient client;
    private final Informer namespaces;
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("namespace-controller");

    public NamespaceController(Context context) {
        this.context = context;
        this.client = context.client();
        this.namespaces = context.informer(ResourceType.NAMESPACES);
        namespaces.onChange((before, after) -> after.filter(KubeObject::deleting)
                .ifPresent(namespace -> queue.add(namespace.key())));
        context.informer(ResourceType.PODS).onChange((before, after) -> {
            if (after.isEmpty()) {
                ObjectKey key = new ObjectKey("", before.orElseThrow().namespace());
                namespaces.get(key).filter(KubeObject::deleting).ifPresent(gone -> queue.addAfter(key, GATHER));
            }
        });
    }

    @Override
    public void start() {
        queue.start(WORKERS, this::reconcile);
    }

    private void reconcile(ObjectKey key) {
        Optional<KubeObject> found = client.find(ResourceType.NAMESPACES, "", key.name());
        if (found.isEmpty() || !found.get().deleting() || !finalizers(found.get()).contains(FINALIZER)) {
            return;
        }
        KubeObject namespace = found.get();
        Discovery discovery = Discovery.of(client);
        List<Discovery.Resource> resources = discovery.resources().stream()
                .filter(resource -> resource.type().namespaced() && resource.takes("list", "delete"))
                .toList();
        NamespaceContent content = NamespaceContent.delete(client, key.name(), resources);
        if (content.gone() && discovery.failures().isEmpty()) {
            finish(namespace);
            return;
        }
        report(namespace, content, discovery.failures());
        queue.addAfter(key, LOOK_AGAIN);
    }

    private static List<String> finalizers(KubeObject namespace) {
        return namespace.at("/spec/finalizers").valueStream().map(name -> name.asString("")).toList();
    }

    private void report(KubeObject namespace, NamespaceContent content, List<String> discoveryFailures) {
        ArrayNode conditions = NamespaceConditions.of(
                namespace.at("/status/conditions"), content, discoveryFailures, context.now());
        if (Statuses.same(conditions, namespace.at("/status/conditions"))) {
            return;
        }
        KubeObject changed = namespace.copy();
        changed.status().put("phase", "Terminating").set("conditions", conditions);
        try {
            client.updateStatus(ResourceType.NAMESPACES, changed);
        } catch (ApiException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }

    private void finish(KubeObject namespace) {
        KubeObject changed = namespace.copy();
        ObjectNode spec = changed.spec();
        ArrayNode left = spec.putArray("finalizers");
        finalizers(namespace).stream().filter(name -> !name.equals(FINALIZER)).forEach(left::add);
        try {
            client.updateSubresource(ResourceType.NAMESPACES, changed, "finalize");
        } catch (ApiException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        queue.close();
    }
}
