package dev.fairway.controllers.replicaset;

import dev.fairway.controllers.pods.PodWriter;
import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.ByController;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.runtime.Statuses;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Keeps the number of Pods that each ReplicaSet or ReplicationController asks for. */
public final class ReplicaSetController implements Controller {
    private static final int WORKERS = 5;

    private final Context context;
    private final ReplicaKind kind;
    private final Informer sets;
    private final Informer pods;
    private final ByController setsByController;
    private final ByController podsByController;
    private final WorkQueue<ObjectKey> queue;
    private final WriteFence fence = new WriteFence();
    private final EventRecorder events;
    private final PodWriter writer;

    public ReplicaSetController(Context context, ReplicaKind kind) {
        this.context = context;
        this.kind = kind;
        this.sets = context.informer(kind.type());
        this.pods = context.informer(ResourceType.PODS);
        this.setsByController = context.byController(kind.type());
        this.podsByController = context.byController(ResourceType.PODS);
        this.queue = new WorkQueue<>(kind.component());
        this.events = context.events(kind.component());
        this.writer = new PodWriter(context.client(), pods, events, fence);
        sets.onChange((before, after) -> queue.add(after.or(() -> before).orElseThrow().key()));
        pods.onChange(this::podChanged);
    }

    private void podChanged(Optional<KubeObject> before, Optional<KubeObject> after) {
        before.flatMap(this::owner).ifPresent(queue::add);
        after.flatMap(this::owner).ifPresent(queue::add);
        after.filter(pod -> pod.controllerRef().isEmpty() && !pod.deleting()).ifPresent(orphan ->
                sets.inNamespace(orphan.namespace()).stream()
                        .filter(set -> kind.selectorOf(set).matches(orphan.labels()))
                        .forEach(set -> queue.add(set.key())));
    }

    private Optional<ObjectKey> owner(KubeObject pod) {
        return pod.controllerRef().filter(kind::owns).map(owner -> new ObjectKey(pod.namespace(), owner.name()));
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
        List<KubeObject> candidates = podsByController.candidates(set);
        ReplicaSetPlan plan =
                ReplicaSetPlan.of(set, kind.selectorOf(set), candidates, related(set), context.now());
        for (KubeObject pod : plan.release()) {
            writer.release(set, pod);
        }
        for (KubeObject pod : plan.adopt()) {
            writer.adopt(set, pod);
        }
        Optional<RuntimeException> failure = writer.create(set, set.at("/spec/template"), plan.create());
        Optional<ReplicaSetStatus.Failure> reported =
                failure.map(e -> new ReplicaSetStatus.Failure("FailedCreate", e.getMessage()));
        if (failure.isEmpty()) {
            failure = writer.delete(set, plan.delete());
            reported = failure.map(e -> new ReplicaSetStatus.Failure("FailedDelete", e.getMessage()));
        }
        Statuses.update(context.client(), fence, sets, set,
                ReplicaSetStatus.of(set, plan.active(), reported, context.now()));
        plan.checkAgain().ifPresent(at -> queue.addAfter(key, Duration.between(context.now(), at).plusMillis(1)));
        if (failure.isPresent() && !(failure.get() instanceof ApiException e && Pods.namespaceTerminating(e))) {
            throw failure.get();
        }
    }

    /** Pods of every set of the same owner, such as the old and new ReplicaSets of one Deployment. */
    private List<KubeObject> related(KubeObject set) {
        List<KubeObject> siblings = set.controllerRef()
                .map(owner -> setsByController.of(owner.uid()))
                .orElse(List.of(set));
        return siblings.stream()
                .flatMap(sibling -> podsByController.of(sibling.uid()).stream())
                .filter(Pods::active)
                .toList();
    }

    @Override
    public void close() {
        queue.close();
        events.close();
    }
}
