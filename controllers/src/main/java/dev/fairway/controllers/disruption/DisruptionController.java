package dev.fairway.controllers.disruption;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.runtime.Statuses;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.OwnerReference;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Keeps the numbers of every PodDisruptionBudget, by which evictions are granted. */
public final class DisruptionController implements Controller {
    private static final ResourceType BUDGETS =
            new ResourceType("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true);

    private final Context context;
    private final ApiClient client;
    private final Informer budgets;
    private final Informer pods;
    private final Map<String, Informer> scalable = new HashMap<>();
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("disruption-controller");
    private final WriteFence fence = new WriteFence();

    public DisruptionController(Context context) {
        this.context = context;
        this.client = context.client();
        this.budgets = context.informer(BUDGETS);
        this.pods = context.informer(ResourceType.PODS);
        for (ResourceType type : List.of(ResourceType.DEPLOYMENTS, ResourceType.REPLICA_SETS,
                ResourceType.STATEFUL_SETS, ResourceType.REPLICATION_CONTROLLERS)) {
            scalable.put(type.kind(), context.informer(type));
        }
        budgets.onChange((before, after) -> queue.add(after.or(() -> before).orElseThrow().key()));
        pods.onChange((before, after) -> {
            if (!before.map(DisruptionController::relevant).equals(after.map(DisruptionController::relevant))) {
                Stream.of(before, after).flatMap(Optional::stream).forEach(this::podChanged);
            }
        });
    }

    private static List<Object> relevant(KubeObject pod) {
        return List.of(pod.labels(), Pods.ready(pod), pod.deleting());
    }

    private void podChanged(KubeObject pod) {
        budgets.inNamespace(pod.namespace()).stream()
                .filter(budget -> selects(budget, pod))
                .forEach(budget -> queue.add(budget.key()));
    }

    /** A budget without a selector covers nothing, one with an empty selector everything. */
    private static boolean selects(KubeObject budget, KubeObject pod) {
        JsonNode selector = budget.at("/spec/selector");
        return selector.isObject() && LabelSelector.ofJson(selector).matches(pod.labels());
    }

    @Override
    public void start() {
        queue.start(2, this::reconcile);
    }

    private void reconcile(ObjectKey key) throws InterruptedException {
        fence.await(key);
        Optional<KubeObject> found = budgets.get(key);
        if (found.isEmpty()) {
            return;
        }
        KubeObject budget = found.get();
        List<KubeObject> covered = pods.inNamespace(key.namespace()).stream()
                .filter(pod -> selects(budget, pod) && !Pods.terminal(pod))
                .toList();
        var status = BudgetStatus.of(budget, covered, scale(covered), context.now());
        Statuses.update(client, fence, budgets, budget, status);
        if (status.has("disruptedPods")) {
            queue.addAfter(key, BudgetStatus.GRANT);
        }
    }

    /** The sum of what the Pods' controllers ask for; empty where one of them is of a kind that has no scale. */
    private Optional<Integer> scale(List<KubeObject> covered) {
        Map<String, Integer> byController = new HashMap<>();
        for (KubeObject pod : covered) {
            Optional<KubeObject> controller = pod.controllerRef().flatMap(owner -> owner(pod, owner));
            if (controller.isEmpty()) {
                return Optional.empty();
            }
            KubeObject top = controller.get().controllerRef()
                    .flatMap(owner -> owner(pod, owner))
                    .orElse(controller.get());
            byController.put(top.uid(), top.at("/spec/replicas").asInt(1));
        }
        return Optional.of(byController.values().stream().mapToInt(Integer::intValue).sum());
    }

    private Optional<KubeObject> owner(KubeObject pod, OwnerReference owner) {
        return Optional.ofNullable(scalable.get(owner.kind()))
                .flatMap(informer -> informer.get(pod.namespace(), owner.name()))
                .filter(object -> object.uid().equals(owner.uid()));
    }

    @Override
    public void close() {
        queue.close();
    }
}
