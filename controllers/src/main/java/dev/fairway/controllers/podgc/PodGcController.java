package dev.fairway.controllers.podgc;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.scheduler.Taint;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Deletes the Pods that {@link PodGarbage} finds, when something happens that can make any. */
public final class PodGcController implements Controller {
    /** kube-controller-manager's {@code --terminated-pod-gc-threshold}. */
    private static final int ENDED_PODS_KEPT = 12_500;
    private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";
    private static final Duration GATHER = Duration.ofMillis(100);

    private final Context context;
    private final ApiClient client;
    private final Informer pods;
    private final Informer nodes;
    private final Map<String, Instant> missingSince = new ConcurrentHashMap<>();
    private final WorkQueue<Boolean> queue = new WorkQueue<>("pod-garbage-collector");

    public PodGcController(Context context) {
        this.context = context;
        this.client = context.client();
        this.pods = context.informer(ResourceType.PODS);
        this.nodes = context.informer(ResourceType.NODES);
        pods.onChange((before, after) -> after.filter(this::suspicious)
                .ifPresent(pod -> queue.addAfter(true, GATHER)));
        nodes.onChange((before, after) -> {
            boolean marked = after.filter(PodGcController::outOfService).isPresent();
            if (after.isEmpty() || marked) {
                queue.addAfter(true, GATHER);
            }
        });
    }

    private boolean suspicious(KubeObject pod) {
        String node = Pods.node(pod);
        return node.isEmpty() ? pod.deleting() : nodes.get("", node).isEmpty();
    }

    private static boolean outOfService(KubeObject node) {
        return Taint.of(node).stream().anyMatch(taint -> taint.key().equals(OUT_OF_SERVICE));
    }

    @Override
    public void start() {
        queue.start(1, ignored -> collect());
        queue.add(true);
    }

    private void collect() {
        Instant now = context.now();
        Set<String> present = nodes.all().stream().map(KubeObject::name).collect(Collectors.toSet());
        missingSince.keySet().removeAll(present);
        pods.all().stream()
                .map(Pods::node)
                .filter(node -> !node.isEmpty() && !present.contains(node))
                .forEach(node -> missingSince.putIfAbsent(node, now));
        Set<String> outOfService = nodes.all().stream()
                .filter(PodGcController::outOfService)
                .map(KubeObject::name)
                .collect(Collectors.toSet());
        PodGarbage garbage =
                PodGarbage.of(pods.all(), present, outOfService, missingSince, ENDED_PODS_KEPT, now);
        for (PodGarbage.Victim victim : garbage.delete()) {
            // The informer may be behind: a node is missing only if the server says so as well.
            if (!victim.orphaned()
                    || client.find(ResourceType.NODES, "", Pods.node(victim.pod())).isEmpty()) {
                delete(victim);
            }
        }
        garbage.checkAgain().ifPresent(at -> queue.addAfter(true, Duration.between(now, at).plusMillis(1)));
    }

    private void delete(PodGarbage.Victim victim) {
        KubeObject pod = victim.pod();
        try {
            if (victim.orphaned() && !Pods.terminal(pod)) {
                client.patchStatus(ResourceType.PODS, pod.namespace(), pod.name(), PatchType.STRATEGIC_MERGE,
                        failed(pod));
            }
            client.delete(ResourceType.PODS, pod.namespace(), pod.name(),
                    DeleteOptions.DEFAULT.withGracePeriod(0).withUid(pod.uid()));
        } catch (ApiException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }

    private ObjectNode failed(KubeObject pod) {
        ObjectNode patch = Pods.conditionPatch(pod, "DisruptionTarget", "True", "DeletionByPodGC",
                "PodGC: node no longer exists", context.now());
        patch.withObject("/status").put("phase", "Failed");
        return patch;
    }

    @Override
    public void close() {
        queue.close();
    }
}
