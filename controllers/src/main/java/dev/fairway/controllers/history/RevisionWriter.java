package dev.fairway.controllers.history;

import dev.fairway.controllers.runtime.ByController;
import dev.fairway.controllers.runtime.Context;
import dev.fairway.controllers.runtime.Ownership;
import dev.fairway.controllers.runtime.TemplateHash;
import dev.fairway.controllers.runtime.WriteFence;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.DeleteOptions;
import dev.fairway.kube.client.PatchType;
import dev.fairway.kube.informer.Informer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Keeps the ControllerRevisions of one kind of owner. */
public final class RevisionWriter {
    private final ApiClient client;
    private final Informer revisions;
    private final ByController byController;
    private final WriteFence fence;
    private final String labelKey;

    /** @param labelKey the label by which a revision carries its hash */
    public RevisionWriter(Context context, WriteFence fence, String labelKey) {
        this.client = context.client();
        this.revisions = context.informer(ResourceType.CONTROLLER_REVISIONS);
        this.byController = context.byController(ResourceType.CONTROLLER_REVISIONS);
        this.fence = fence;
        this.labelKey = labelKey;
    }

    /**
     * The revisions of an owner with that of its current template first.
     *
     * @throws HashCollision if another template has come out under the same name
     */
    public List<KubeObject> sync(KubeObject owner) {
        LabelSelector selector = LabelSelector.ofJson(owner.at("/spec/selector"));
        Ownership ownership = Ownership.of(owner, selector, byController.candidates(owner));
        List<KubeObject> all = new ArrayList<>(ownership.owned());
        for (KubeObject orphan : ownership.adopt()) {
            KubeObject adopted = client.patch(ResourceType.CONTROLLER_REVISIONS, orphan.namespace(), orphan.name(),
                    PatchType.STRATEGIC_MERGE, Ownership.adoption(owner, orphan));
            fence.wrote(owner.key(), revisions, adopted);
            all.add(adopted);
        }
        KubeObject current = switch (Revisions.next(owner, labelKey, all)) {
            case Revisions.Step.Settled(KubeObject revision) -> revision;
            case Revisions.Step.Renumber(KubeObject revision) ->
                    noted(owner, client.update(ResourceType.CONTROLLER_REVISIONS, revision));
            case Revisions.Step.Create(KubeObject revision) -> noted(owner, create(owner, revision));
        };
        all.removeIf(revision -> revision.name().equals(current.name()));
        List<KubeObject> sorted = new ArrayList<>(List.of(current));
        Revisions.newestFirst(all).forEach(sorted::add);
        return sorted;
    }

    private KubeObject noted(KubeObject owner, KubeObject result) {
        fence.wrote(owner.key(), revisions, result);
        return result;
    }

    private KubeObject create(KubeObject owner, KubeObject revision) {
        try {
            return client.create(ResourceType.CONTROLLER_REVISIONS, revision);
        } catch (ApiException e) {
            if (!e.alreadyExists()) {
                throw e;
            }
            KubeObject existing = client.get(
                    ResourceType.CONTROLLER_REVISIONS, revision.namespace(), revision.name());
            boolean own = existing.controllerRef().filter(ref -> ref.uid().equals(owner.uid())).isPresent();
            if (own && TemplateHash.canonical(existing.at("/data")).equals(TemplateHash.canonical(revision.at("/data")))) {
                return existing;
            }
            throw new HashCollision(revision.name());
        }
    }

    /** Deletes what is beyond the owner's history limit and not used by any Pod. */
    public void prune(KubeObject owner, List<KubeObject> all, Set<String> used) {
        int limit = owner.at("/spec/revisionHistoryLimit").asInt(10);
        for (KubeObject revision : Revisions.beyondLimit(all, used, limit)) {
            try {
                client.delete(ResourceType.CONTROLLER_REVISIONS, revision.namespace(), revision.name(),
                        DeleteOptions.DEFAULT.withUid(revision.uid()));
            } catch (ApiException e) {
                if (!e.notFound()) {
                    throw e;
                }
            }
            fence.deleted(owner.key(), revisions, revision);
        }
    }

    /** Two templates with one hash: the owner counts it and tries again with another. */
    public static final class HashCollision extends RuntimeException {
        HashCollision(String name) {
            super("the name " + name + " is taken by another revision");
        }
    }
}
