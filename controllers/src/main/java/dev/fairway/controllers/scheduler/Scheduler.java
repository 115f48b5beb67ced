package dev.fairway.controllers.scheduler;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Binds pending Pods to nodes. Decisions are made one by one, each on the outcome of those before; bindings are
 * written side by side. A Pod without a place waits until a node changes or a Pod makes room.
 */
public final class Scheduler implements Controller {
    /** The name under which Pods ask for this scheduler. */
    public static final String NAME = "default-scheduler";

    private static final Logger LOG = System.getLogger(Scheduler.class.getName());
    private static final Duration BIND_RETRY = Duration.ofSeconds(1);

    private final Context context;
    private final ApiClient client;
    private final Informer pods;
    private final Informer namespaces;
    private final ClusterView cluster = new ClusterView();
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("scheduler");
    private final Set<ObjectKey> unplaced = ConcurrentHashMap.newKeySet();
    private final EventRecorder events;

    public Scheduler(Context context) {
        this.context = context;
        this.client = context.client();
        this.pods = context.informer(ResourceType.PODS);
        this.namespaces = context.informer(ResourceType.NAMESPACES);
        this.events = context.events(NAME);
        pods.onChange(this::podChanged);
        context.informer(ResourceType.NODES).onChange((before, after) -> {
            if (cluster.nodeChanged(before, after)) {
                retryUnplaced();
            }
        });
    }

    private void podChanged(Optional<KubeObject> before, Optional<KubeObject> after) {
        if (cluster.podChanged(before, after)) {
            retryUnplaced();
        }
        after.filter(Scheduler::pending).ifPresentOrElse(
                pod -> {
                    if (before.isEmpty() || specChanged(before.get(), pod)) {
                        queue.add(pod.key());
                    }
                },
                () -> unplaced.remove(after.or(() -> before).orElseThrow().key()));
    }

    private static boolean pending(KubeObject pod) {
        String scheduler = pod.string("/spec/schedulerName");
        return Pods.node(pod).isEmpty() && Pods.active(pod) && (scheduler.isEmpty() || scheduler.equals(NAME));
    }

    /** The scheduler's own status writes must not wake it; gates and labels may. */
    private static boolean specChanged(KubeObject before, KubeObject after) {
        return !before.at("/spec").equals(after.at("/spec")) || !before.labels().equals(after.labels());
    }

    private void retryUnplaced() {
        unplaced.forEach(queue::add);
    }

    @Override
    public void start() {
        queue.start(1, this::schedule);
    }

    private void schedule(ObjectKey key) {
        Optional<KubeObject> found = pods.get(key).filter(Scheduler::pending);
        if (found.isEmpty() || cluster.assumed(found.get().uid())) {
            return;
        }
        KubeObject pod = found.get();
        if (!pod.at("/spec/schedulingGates").isEmpty()) {
            report(pod, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates");
            return;
        }
        PodInfo info = PodInfo.of(pod);
        // Noted before the decision, so that a change during it is not missed.
        unplaced.add(key);
        switch (Placement.choose(info, cluster.nodes(), this::namespaceLabels)) {
            case Placement.On(String node) -> {
                unplaced.remove(key);
                cluster.assume(info, node);
                Thread.ofVirtual().name("bind-" + key).start(() -> bind(pod, node));
            }
            case Placement.Nowhere(String message) -> {
                events.warning(pod, "FailedScheduling", message);
                report(pod, "Unschedulable", message);
            }
        }
    }

    private Map<String, String> namespaceLabels(String namespace) {
        return namespaces.get(new ObjectKey("", namespace)).map(KubeObject::labels).orElse(Map.of());
    }

    private void bind(KubeObject pod, String node) {
        ObjectNode binding = Json.object().put("apiVersion", "v1").put("kind", "Binding");
        binding.putObject("metadata").put("namespace", pod.namespace()).put("name", pod.name()).put("uid", pod.uid());
        binding.putObject("target").put("apiVersion", "v1").put("kind", "Node").put("name", node);
        try {
            client.postSubresource(ResourceType.PODS, pod.namespace(), pod.name(), "binding", binding);
            events.normal(pod, "Scheduled", "Successfully assigned " + pod.key() + " to " + node);
        } catch (ApiException e) {
            cluster.forget(pod.uid());
            LOG.log(e.notFound() || e.conflict() ? Level.DEBUG : Level.WARNING,
                    "{0} could not be bound to {1}: {2}", pod.key(), node, e.getMessage());
            if (!e.notFound()) {
                queue.addAfter(pod.key(), BIND_RETRY);
            }
        }
    }

    /** Says in the Pod's PodScheduled condition why it waits. */
    private void report(KubeObject pod, String reason, String message) {
        JsonNode before = Pods.condition(pod, "PodScheduled");
        boolean same = before.path("status").asString("").equals("False")
                && before.path("reason").asString("").equals(reason)
                && before.path("message").asString("").equals(message);
        if (same) {
            return;
        }
        try {
            client.patchStatus(ResourceType.PODS, pod.namespace(), pod.name(), PatchType.STRATEGIC_MERGE,
                    Pods.conditionPatch(pod, "PodScheduled", "False", reason, message, context.now()));
        } catch (ApiException e) {
            if (!e.notFound() && !e.conflict()) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        queue.close();
        events.close();
    }
}
