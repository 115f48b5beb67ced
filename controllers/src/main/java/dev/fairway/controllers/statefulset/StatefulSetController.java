package dev.fairway.controllers.statefulset;

import dev.fairway.controllers.history.RevisionWriter;
import dev.fairway.controllers.history.Revisions;
import dev.fairway.controllers.pods.PodWriter;
import dev.fairway.controllers.pods.Pods;
import dev.fairway.controllers.runtime.ByController;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Controller;
import dev.fairway.controllers.runtime.Ownership;
import dev.fairway.controllers.runtime.Statuses;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keeps the named Pods of each StatefulSet. */
public final class StatefulSetController implements Controller {
    private static final int WORKERS = 5;

    private final Context context;
    private final ApiClient client;
    private final Informer sets;
    private final Informer pods;
    private final Informer claims;
    private final ByController podsByController;
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>("statefulset-controller");
    private final WriteFence fence = new WriteFence();
    private final EventRecorder events;
    private final PodWriter writer;
    private final RevisionWriter revisions;

    public StatefulSetController(Context context) {
        this.context = context;
        this.client = context.client();
        this.sets = context.informer(ResourceType.STATEFUL_SETS);
        this.pods = context.informer(ResourceType.PODS);
        this.claims = context.informer(StatefulPods.CLAIMS);
        this.podsByController = context.byController(ResourceType.PODS);
        this.events = context.events("statefulset-controller");
        this.writer = new PodWriter(client, pods, events, fence);
        this.revisions = new RevisionWriter(context, fence, "controller.kubernetes.io/hash");
        sets.onChange((before, after) -> queue.add(after.or(() -> before).orElseThrow().key()));
        // The claims of a new Pod come with it, but may be heard of later.
        claims.onChange((before, after) -> {
            if (before.isEmpty()) {
                sets.all().stream().filter(set -> set.namespace().equals(after.orElseThrow().namespace())
                        && StatefulPods.owns(set, after.get().name())).forEach(set -> queue.add(set.key()));
            }
        });
        pods.onChange((before, after) -> Stream.of(before, after)
                .flatMap(Optional::stream)
                .flatMap(pod -> owner(pod).stream())
                .forEach(queue::add));
    }

    private static Optional<ObjectKey> owner(KubeObject pod) {
        return pod.controllerRef()
                .filter(owner -> owner.kind().equals("StatefulSet"))
                .map(owner -> new ObjectKey(pod.namespace(), owner.name()));
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
        List<KubeObject> owned = claim(set);
        if (set.deleting()) {
            return;
        }
        List<KubeObject> history;
        try {
            history = revisions.sync(set);
        } catch (RevisionWriter.HashCollision e) {
            ObjectNode status = set.at("/status") instanceof ObjectNode known ? known.deepCopy() : Json.object();
            status.put("collisionCount", status.path("collisionCount").asInt(0) + 1);
            Statuses.update(client, fence, sets, set, status);
            return;
        }
        String update = history.getFirst().name();
        String recorded = set.string("/status/currentRevision");
        String current = history.stream().anyMatch(revision -> revision.name().equals(recorded)) ? recorded : update;
        StatefulSetPlan plan = StatefulSetPlan.of(set, owned, current, update, context.now());
        retain(set, owned);
        Optional<RuntimeException> failure = carryOut(set, plan, history);
        Statuses.update(client, fence, sets, set,
                StatefulSetStatus.of(set, owned, current, update, context.now()));
        Set<String> used = Stream.concat(Stream.of(current, update), owned.stream().map(StatefulPods::revision))
                .collect(Collectors.toSet());
        revisions.prune(set, history, used);
        plan.checkAgain().ifPresent(at -> queue.addAfter(key, Duration.between(context.now(), at).plusMillis(1)));
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    /** Before a Pod is scaled away, its claims know whether they go with it. */
    private void retain(KubeObject set, List<KubeObject> owned) {
        StatefulSetSpec spec = StatefulSetSpec.of(set);
        for (KubeObject pod : owned) {
            StatefulPods.ordinal(set, pod.name()).ifPresent(ordinal -> {
                for (KubeObject wanted : StatefulPods.claims(set, ordinal)) {
                    claims.get(wanted.key()).filter(claim -> !claim.deleting()).ifPresent(claim ->
                            ClaimRetention.owners(set, pod, !spec.wants(ordinal), claim).ifPresent(owners -> own(claim, owners)));
                }
            });
        }
    }

    private void own(KubeObject claim, ArrayNode owners) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", claim.uid()).set("ownerReferences", owners);
        try {
            client.patch(StatefulPods.CLAIMS, claim.namespace(), claim.name(), PatchType.MERGE, patch);
        } catch (ApiException e) {
            // Gone, or another claim of this name by now: its event brings the next look.
            if (!e.notFound() && e.code() != 409) {
                throw e;
            }
        }
    }

    private List<KubeObject> claim(KubeObject set) {
        LabelSelector selector = LabelSelector.ofJson(set.at("/spec/selector"));
        Ownership ownership = Ownership.of(set, selector, podsByController.candidates(set));
        ownership.release().forEach(pod -> writer.release(set, pod));
        List<KubeObject> owned = new ArrayList<>(ownership.owned());
        ownership.adopt().stream()
                .filter(pod -> StatefulPods.ordinal(set, pod.name()).isPresent())
                .forEach(pod -> {
                    writer.adopt(set, pod);
                    owned.add(pod);
                });
        return owned;
    }

    private Optional<RuntimeException> carryOut(KubeObject set, StatefulSetPlan plan, List<KubeObject> history) {
        try {
            for (KubeObject pod : plan.delete()) {
                delete(set, pod);
            }
            for (StatefulSetPlan.Creation creation : plan.create()) {
                JsonNode template = history.stream()
                        .filter(revision -> revision.name().equals(creation.revision()))
                        .findFirst()
                        .map(Revisions::template)
                        .orElseThrow();
                create(set, creation.ordinal(), StatefulPods.pod(set, creation.ordinal(), template, creation.revision()));
            }
            return Optional.empty();
        } catch (ApiException e) {
            return Pods.namespaceTerminating(e) ? Optional.empty() : Optional.of(e);
        }
    }

    private void create(KubeObject set, int ordinal, KubeObject pod) {
        String what = "create Pod " + pod.name() + " in StatefulSet " + set.name();
        try {
            for (KubeObject claim : StatefulPods.claims(set, ordinal)) {
                createClaim(set, pod, claim);
            }
            fence.wrote(set.key(), pods, client.create(ResourceType.PODS, pod));
            events.normal(set, "SuccessfulCreate", what + " successful");
        } catch (ApiException e) {
            if (!Pods.namespaceTerminating(e)) {
                events.warning(set, "FailedCreate", what + " failed error: " + e.getMessage());
            }
            throw e;
        }
    }

    private void createClaim(KubeObject set, KubeObject pod, KubeObject claim) {
        try {
            client.create(StatefulPods.CLAIMS, claim);
            events.normal(set, "SuccessfulCreate", "create Claim " + claim.name() + " Pod " + pod.name()
                    + " in StatefulSet " + set.name() + " success");
        } catch (ApiException e) {
            // A claim stays when its Pod goes, and serves the next of that name.
            if (!e.alreadyExists()) {
                throw e;
            }
        }
    }

    private void delete(KubeObject set, KubeObject pod) {
        String what = "delete Pod " + pod.name() + " in StatefulSet " + set.name();
        try {
            client.delete(ResourceType.PODS, pod.namespace(), pod.name(), DeleteOptions.DEFAULT.withUid(pod.uid()));
            events.normal(set, "SuccessfulDelete", what + " successful");
        } catch (ApiException e) {
            if (!e.notFound()) {
                events.warning(set, "FailedDelete", what + " failed error: " + e.getMessage());
                throw e;
            }
        }
        fence.deleted(set.key(), pods, pod);
    }

    @Override
    public void close() {
        queue.close();
        events.close();
    }
}
