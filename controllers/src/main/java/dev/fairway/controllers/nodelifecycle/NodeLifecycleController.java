package dev.fairway.controllers.nodelifecycle;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.informer.Index;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Watches over nodes by their Leases: one that is silent for the grace period is marked unknown and tainted, its
 * Pods are marked not ready at once and deleted when they no longer tolerate the taint. A node at rest costs one map
 * entry per heartbeat and one look per grace period.
 */
public final class NodeLifecycleController implements Controller {
    private static final String LEASE_NAMESPACE = "kube-node-lease";

    private final Context context;
    private final ApiClient client;
    private final Duration grace;
    private final Informer nodes;
    private final Index podsByNode;
    private final Map<String, Instant> heard = new ConcurrentHashMap<>();
    private final Map<String, Boolean> timers = new ConcurrentHashMap<>();
    private final WorkQueue<String> queue = new WorkQueue<>("node-controller");
    private final WorkQueue<String> timerQueue = new WorkQueue<>("node-controller-timer");
    private final EventRecorder events;

    /** @param grace how long a node may be silent */
    public NodeLifecycleController(Context context, Duration grace) {
        this.context = context;
        this.client = context.client();
        this.grace = grace;
        this.nodes = context.informer(ResourceType.NODES);
        this.events = context.events("node-controller");
        Informer pods = context.informer(ResourceType.PODS);
        this.podsByNode = pods.indexBy(pod -> List.of(Pods.node(pod)));
        context.informer(ResourceType.LEASES).onChange((before, after) -> after
                .filter(lease -> lease.namespace().equals(LEASE_NAMESPACE))
                .ifPresent(lease -> heardOf(lease.name())));
        nodes.onChange(this::nodeChanged);
        pods.onChange((before, after) -> after
                .filter(pod -> !Pods.node(pod).isEmpty() && before.map(Pods::node).filter(Pods.node(pod)::equals).isEmpty())
                .flatMap(pod -> nodes.get("", Pods.node(pod)))
                .filter(node -> !node.at("/spec/taints").isEmpty())
                .ifPresent(node -> queue.add(node.name())));
    }

    private void nodeChanged(Optional<KubeObject> before, Optional<KubeObject> after) {
        if (after.isEmpty()) {
            heard.remove(before.orElseThrow().name());
            return;
        }
        KubeObject node = after.get();
        if (before.isEmpty()) {
            events.normal(node, "RegisteredNode", "Node " + node.name() + " event: Registered Node " + node.name()
                    + " in Controller");
        }
        if (before.isEmpty() || !heartbeat(before.get()).equals(heartbeat(node))) {
            heardOf(node.name());
        }
        queue.add(node.name());
    }

    /** Nodes also show that they live by writing their status. */
    private static String heartbeat(KubeObject node) {
        return node.at("/status/conditions").valueStream()
                .map(condition -> condition.path("lastHeartbeatTime").asString(""))
                .max(String::compareTo)
                .orElse("");
    }

    private void heardOf(String node) {
        heard.put(node, context.now());
        if (timers.putIfAbsent(node, true) == null) {
            timerQueue.addAfter(node, grace);
        }
    }

    @Override
    public void start() {
        queue.start(2, this::reconcile);
        timerQueue.start(1, this::look);
    }

    /** The end of a grace period: either something was heard meanwhile, or the node is silent. */
    private void look(String name) {
        Instant last = heard.get(name);
        if (last == null) {
            timers.remove(name);
            return;
        }
        Duration left = Duration.between(context.now(), last.plus(grace));
        if (left.isPositive()) {
            timerQueue.addAfter(name, left);
            return;
        }
        timers.remove(name);
        Optional<KubeObject> found = nodes.get("", name);
        if (found.isPresent()) {
            KubeObject node = found.get();
            NodeHealth.silent(node, context.now()).ifPresent(conditions -> writeConditions(node, conditions));
        }
    }

    private void writeConditions(KubeObject node, ArrayNode conditions) {
        KubeObject changed = node.copy();
        changed.status().set("conditions", conditions);
        client.updateStatus(ResourceType.NODES, changed);
    }

    private void reconcile(String name) {
        Optional<KubeObject> found = nodes.get("", name);
        if (found.isEmpty()) {
            return;
        }
        KubeObject node = found.get();
        Optional<ArrayNode> taints = NodeTaints.change(node, context.now());
        if (taints.isPresent()) {
            // Pods are looked at when the changed node comes back by watch.
            writeTaints(node, taints.get());
            return;
        }
        String ready = NodeHealth.condition(node, "Ready");
        if (ready.equals("Unknown") || ready.equals("False")) {
            markPodsNotReady(node);
        }
        evict(node);
    }

    private void writeTaints(KubeObject node, ArrayNode taints) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("resourceVersion", node.resourceVersion());
        patch.putObject("spec").set("taints", taints);
        client.patch(ResourceType.NODES, "", node.name(), PatchType.MERGE, patch);
    }

    private void markPodsNotReady(KubeObject node) {
        boolean told = false;
        for (KubeObject pod : podsByNode.get(node.name())) {
            if (!Pods.ready(pod)) {
                continue;
            }
            if (!told) {
                told = true;
                events.normal(node, "NodeNotReady", "Node " + node.name() + " status is now: NodeNotReady");
            }
            events.warning(pod, "NodeNotReady", "Node is not ready");
            ignoreGone(() -> client.patchStatus(ResourceType.PODS, pod.namespace(), pod.name(),
                    PatchType.STRATEGIC_MERGE,
                    Pods.conditionPatch(pod, "Ready", "False", "NodeNotReady", "Node is not ready", context.now())));
        }
    }

    private void evict(KubeObject node) {
        Optional<Instant> next = Optional.empty();
        for (KubeObject pod : podsByNode.get(node.name())) {
            Optional<Instant> at = pod.deleting() ? Optional.empty() : Eviction.at(pod, node, context.now());
            if (at.isPresent() && !at.get().isAfter(context.now())) {
                delete(pod);
            } else if (at.isPresent()) {
                Instant time = at.get();
                next = Optional.of(next.filter(time::isAfter).orElse(time));
            }
        }
        next.ifPresent(at -> queue.addAfter(node.name(), Duration.between(context.now(), at).plusMillis(1)));
    }

    private void delete(KubeObject pod) {
        ObjectKey key = pod.key();
        events.normal(pod, "TaintManagerEviction", "Marking for deletion Pod " + key);
        ignoreGone(() -> client.delete(ResourceType.PODS, key.namespace(), key.name(),
                DeleteOptions.DEFAULT.withUid(pod.uid())));
    }

    private static void ignoreGone(Runnable write) {
        try {
            write.run();
        } catch (ApiException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        queue.close();
        timerQueue.close();
        events.close();
    }
}
