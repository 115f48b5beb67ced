package dev.fairway.controllers.deployment;

import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.ByController;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.runtime.Ownership;
import dev.fairway.controllers.runtime.Statuses;
import dev.fairway.controllers.runtime.TemplateHash;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import dev.fairway.kube.ObjectKey;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.events.EventRecorder;
import dev.fairway.kube.informer.Informer;
import dev.fairway.kube.informer.WorkQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Carries out the steps that {@link DeploymentPlanner} decides. */
public final class DeploymentController implements Controller {
    private static final int WORKERS = 5;

    private final Context context;
    private final ApiClient client;
    private final Informer deployments;
    private final Informer replicaSets;
    private final ByController setsByController;
    private final ByController podsByController;
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("deployment-controller");
    private final WriteFence fence = new WriteFence();
    private final EventRecorder events;

    public DeploymentController(Context context) {
        this.context = context;
        this.client = context.client();
        this.deployments = context.informer(ResourceType.DEPLOYMENTS);
        this.replicaSets = context.informer(ResourceType.REPLICA_SETS);
        this.setsByController = context.byController(ResourceType.REPLICA_SETS);
        this.podsByController = context.byController(ResourceType.PODS);
        this.events = context.events("deployment-controller");
        deployments.onChange((before, after) -> queue.add(after.or(() -> before).orElseThrow().key()));
        replicaSets.onChange(this::replicaSetChanged);
        context.informer(ResourceType.PODS).onChange(this::podChanged);
    }

    private void replicaSetChanged(Optional<KubeObject> before, Optional<KubeObject> after) {
        before.flatMap(DeploymentController::owner).ifPresent(queue::add);
        after.flatMap(DeploymentController::owner).ifPresent(queue::add);
        after.filter(set -> set.controllerRef().isEmpty() && !set.deleting()).ifPresent(orphan ->
                deployments.inNamespace(orphan.namespace()).stream()
                        .filter(deployment -> LabelSelector.ofJson(deployment.at("/spec/selector"))
                                .matches(orphan.labels()))
                        .forEach(deployment -> queue.add(deployment.key())));
    }

    private static Optional<ObjectKey> owner(KubeObject replicaSet) {
        return replicaSet.controllerRef()
                .filter(owner -> owner.kind().equals("Deployment"))
                .map(owner -> new ObjectKey(replicaSet.namespace(), owner.name()));
    }

    /** Strategy Recreate waits for the end of old Pods; of nothing else do ReplicaSets not tell. */
    private void podChanged(Optional<KubeObject> before, Optional<KubeObject> after) {
        if (before.isPresent() && after.filter(pod -> !Pods.terminal(pod)).isEmpty()) {
            KubeObject pod = before.get();
            pod.controllerRef()
                    .filter(owner -> owner.kind().equals("ReplicaSet"))
                    .flatMap(owner -> replicaSets.get(pod.namespace(), owner.name()))
                    .flatMap(DeploymentController::owner)
                    .filter(key -> deployments.get(key)
                            .filter(deployment -> deployment.string("/spec/strategy/type").equals("Recreate"))
                            .isPresent())
                    .ifPresent(queue::add);
        }
    }

    @Override
    public void start() {
        queue.start(WORKERS, this::reconcile);
    }

    private void reconcile(ObjectKey key) throws InterruptedException {
        fence.await(key);
        Optional<KubeObject> found = deployments.get(key);
        if (found.isPresent()) {
            try {
                step(key, found.get());
            } catch (ApiException e) {
                // It went while the step was under way; the informer will say so.
                if (!e.notFound()) {
                    throw e;
                }
            }
        }
    }

    private void step(ObjectKey key, KubeObject deployment) {
        LabelSelector selector = LabelSelector.ofJson(deployment.at("/spec/selector"));
        if (selector.requirements().isEmpty()) {
            events.warning(deployment, "SelectingAll",
                    "This deployment is selecting all pods. A non-empty selector is required.");
            return;
        }
        List<KubeObject> owned = claim(deployment, selector);
        DeploymentPlan plan =
                DeploymentPlanner.plan(deployment, owned, podsOf(owned), context.now());
        if (plan.create().isPresent() && !create(deployment, plan.create().get(), plan.status())) {
            return;
        }
        for (KubeObject set : plan.updates()) {
            fence.wrote(key, replicaSets, client.update(ResourceType.REPLICA_SETS, set));
        }
        plan.events().forEach(message -> events.normal(deployment, "ScalingReplicaSet", message));
        for (KubeObject set : plan.deletions()) {
            client.delete(ResourceType.REPLICA_SETS, set.namespace(), set.name(),
                    DeleteOptions.DEFAULT.withUid(set.uid()));
            fence.deleted(key, replicaSets, set);
        }
        Statuses.update(client, fence, deployments, noteRevision(deployment, plan), plan.status());
        plan.checkAgain().ifPresent(after -> queue.addAfter(key, after));
    }

    private List<KubeObject> podsOf(List<KubeObject> sets) {
        return sets.stream().flatMap(set -> podsByController.of(set.uid()).stream()).toList();
    }

    private List<KubeObject> claim(KubeObject deployment, LabelSelector selector) {
        Ownership ownership =
                Ownership.of(deployment, selector, setsByController.candidates(deployment));
        for (KubeObject set : ownership.release()) {
            patchOwner(deployment, set, Ownership.release(deployment, set));
        }
        List<KubeObject> owned = new ArrayList<>(ownership.owned());
        for (KubeObject set : ownership.adopt()) {
            owned.add(patchOwner(deployment, set, Ownership.adoption(deployment, set)));
        }
        return owned;
    }

    private KubeObject patchOwner(KubeObject deployment, KubeObject set, ObjectNode patch) {
        KubeObject result = client.patch(
                ResourceType.REPLICA_SETS, set.namespace(), set.name(), PatchType.STRATEGIC_MERGE, patch);
        fence.wrote(deployment.key(), replicaSets, result);
        return result;
    }

    /** Makes the new ReplicaSet; false when this step ends here and another will follow. */
    private boolean create(KubeObject deployment, KubeObject set, ObjectNode status) {
        try {
            fence.wrote(deployment.key(), replicaSets, client.create(ResourceType.REPLICA_SETS, set));
            return true;
        } catch (ApiException e) {
            if (e.alreadyExists()) {
                nameTaken(deployment, set);
                return false;
            }
            if (Pods.namespaceTerminating(e)) {
                return false;
            }
            String message = "Failed to create new replica set \"" + set.name() + "\": " + e.getMessage();
            events.warning(deployment, "ReplicaSetCreateError", message);
            DeploymentConditions conditions =
                    new DeploymentConditions(deployment.at("/status/conditions"), context.now());
            conditions.set(DeploymentConditions.PROGRESSING, "False", "ReplicaSetCreateError", message);
            ObjectNode failed = status.deepCopy();
            failed.set("conditions", conditions.json());
            Statuses.update(client, fence, deployments, deployment, failed);
            throw e;
        }
    }

    /**
     * The name is that of an own ReplicaSet which the informer does not show yet, or the hash of another template
     * has come out the same: then the next try hashes with one collision more.
     */
    private void nameTaken(KubeObject deployment, KubeObject set) {
        KubeObject existing = client.get(ResourceType.REPLICA_SETS, set.namespace(), set.name());
        boolean own = existing.controllerRef().filter(owner -> owner.uid().equals(deployment.uid())).isPresent();
        if (own && TemplateHash.canonical(existing.at("/spec/template"))
                .equals(TemplateHash.canonical(set.at("/spec/template")))) {
            fence.wrote(deployment.key(), replicaSets, existing);
            queue.add(deployment.key());
            return;
        }
        ObjectNode status = deployment.at("/status") instanceof ObjectNode known ? known.deepCopy() : Json.object();
        status.put("collisionCount", status.path("collisionCount").asInt(0) + 1);
        Statuses.update(client, fence, deployments, deployment, status);
        queue.add(deployment.key());
    }

    /** The Deployment after its revision has been noted on it. */
    private KubeObject noteRevision(KubeObject deployment, DeploymentPlan plan) {
        if (plan.revision().isEmpty()) {
            return deployment;
        }
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("resourceVersion", deployment.resourceVersion())
                .putObject("annotations").put(DeploymentAnnotations.REVISION, plan.revision().get());
        KubeObject result = client.patch(ResourceType.DEPLOYMENTS, deployment.namespace(), deployment.name(),
                PatchType.MERGE, patch);
        fence.wrote(deployment.key(), deployments, result);
        return result;
    }

    @Override
    public void close() {
        queue.close();
        events.close();
    }
}
