package dev.fairway.controllers.daemonset;

import dev.fairway.controllers.history.RevisionWriter;
import dev.fairway.controllers.pods.PodWriter;
import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.ByController;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.runtime.Ownership;
import dev.fairway.controllers.runtime.SlowStart;
import dev.fairway.controllers.runtime.Statuses;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Keeps one Pod of each DaemonSet on every node that it chooses, and replaces them node by node on a change. */
public final class DaemonSetController implements Controller {
    private static final int WORKERS = 2;

    private final Context context;
    private final Informer sets;
    private final Informer pods;
    private final ByController podsByController;
    private final Informer nodes;
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("daemonset-controller");
    private final WriteFence fence = new WriteFence();
    private final EventRecorder events;
    private final PodWriter writer;
    private final RevisionWriter revisions;

    public DaemonSetController(Context context) {
        this.context = context;
        this.sets = context.informer(ResourceType.DAEMON_SETS);
        this.pods = context.informer(ResourceType.PODS);
        this.podsByController = context.byController(ResourceType.PODS);
        this.nodes = context.informer(ResourceType.NODES);
        this.events = context.events("daemonset-controller");
        this.writer = new PodWriter(context.client(), pods, events, fence);
        this.revisions = new RevisionWriter(context, fence, DaemonPods.HASH_LABEL);
        sets.onChange((before, after) -> queue.add(after.or(() -> before).orElseThrow().key()));
        pods.onChange((before, after) -> {
            before.flatMap(DaemonSetController::owner).ifPresent(queue::add);
            after.flatMap(DaemonSetController::owner).ifPresent(queue::add);
        });
        nodes.onChange((before, after) -> {
            if (matters(before, after)) {
                sets.all().forEach(set -> queue.add(set.key()));
            }
        });
    }

    private static Optional<ObjectKey> owner(KubeObject pod) {
        return pod.controllerRef()
                .filter(owner -> owner.kind().equals("DaemonSet"))
                .map(owner -> new ObjectKey(pod.namespace(), owner.name()));
    }

    private static boolean matters(Optional<KubeObject> before, Optional<KubeObject> after) {
        return !before.map(KubeObject::labels).equals(after.map(KubeObject::labels))
                || !before.map(node -> node.at("/spec")).equals(after.map(node -> node.at("/spec")));
    }

    @Override
    public void start() {
        queue.start(WORKERS, this::reconcile);
    }

    private void reconcile(ObjectKey key) throws InterruptedException {
        fence.await(key);
        Optional<KubeObject> found = sets.get(key);
        if (found.isEmpty()) {
            return;
        }
        KubeObject set = found.get();
        LabelSelector selector = LabelSelector.ofJson(set.at("/spec/selector"));
        if (selector.requirements().isEmpty()) {
            events.warning(set, "SelectingAll",
                    "This daemon set is selecting all pods. A non-empty selector is required.");
            return;
        }
        List<KubeObject> owned = claim(set, selector);
        if (set.deleting()) {
            return;
        }
        List<KubeObject> history;
        try {
            history = revisions.sync(set);
        } catch (RevisionWriter.HashCollision e) {
            ObjectNode status = set.at("/status") instanceof ObjectNode known ? known.deepCopy() : Json.object();
            status.put("collisionCount", status.path("collisionCount").asInt(0) + 1);
            Statuses.update(context.client(), fence, sets, set, status);
            return;
        }
        String hash = history.getFirst().labels().get(DaemonPods.HASH_LABEL);
        DaemonSetPlan plan = DaemonSetPlan.of(set, nodes.all(), owned, hash, context.now());
        Optional<RuntimeException> failure = carryOut(set, plan, hash);
        Statuses.update(context.client(), fence, sets, set, plan.status());
        revisions.prune(set, history.subList(1, history.size()), used(owned, history));
        plan.checkAgain().ifPresent(at -> queue.addAfter(key, Duration.between(context.now(), at).plusMillis(1)));
        if (failure.isPresent() && !(failure.get() instanceof ApiException e && Pods.namespaceTerminating(e))) {
            throw failure.get();
        }
    }

    private List<KubeObject> claim(KubeObject set, LabelSelector selector) {
        Ownership ownership = Ownership.of(set, selector, podsByController.candidates(set));
        ownership.release().forEach(pod -> writer.release(set, pod));
        ownership.adopt().forEach(pod -> writer.adopt(set, pod));
        List<KubeObject> owned = new ArrayList<>(ownership.owned());
        owned.addAll(ownership.adopt());
        return owned;
    }

    private Optional<RuntimeException> carryOut(KubeObject set, DaemonSetPlan plan, String hash)
            throws InterruptedException {
        for (KubeObject pod : plan.delete()) {
            if (plan.failed().contains(pod.name())) {
                events.warning(set, "FailedDaemonPod", "Found failed daemon pod " + pod.key() + " on node "
                        + Pods.node(pod) + ", will try to kill it");
            }
        }
        Optional<RuntimeException> failure = writer.delete(set, plan.delete());
        return failure.isPresent() || plan.create().isEmpty()
                ? failure
                : SlowStart.run(plan.create(), node -> writer.create(set, DaemonPods.forNode(set, hash, node)));
    }

    /** The names of the revisions that some Pod is of. */
    private static Set<String> used(List<KubeObject> pods, List<KubeObject> history) {
        Set<String> hashes = pods.stream()
                .map(pod -> pod.labels().getOrDefault(DaemonPods.HASH_LABEL, ""))
                .collect(Collectors.toSet());
        return history.stream()
                .filter(revision -> hashes.contains(revision.labels().getOrDefault(DaemonPods.HASH_LABEL, "-")))
                .map(KubeObject::name)
                .collect(Collectors.toSet());
    }

    @Override
    public void close() {
        queue.close();
        events.close();
    }
}
