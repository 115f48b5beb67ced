package dev.fairway.controllers.history;

import dev.fairway.controllers.runtime.TemplateHash;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.OwnerReference;
import dev.fairway.kube.ResourceType;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Decides which revision the current template is, and which old ones may go. Pure. */
public final class Revisions {
    private static final Comparator<KubeObject> OLDEST_FIRST =
            Comparator.comparingLong(Revisions::number).thenComparing(KubeObject::name);

    private Revisions() {}

    /** What has to be written for the current template to be the newest revision. */
    public sealed interface Step {
        /** It is the newest already. */
        record Settled(KubeObject revision) implements Step {}

        /** An older revision has the same template: it gets the newest number. */
        record Renumber(KubeObject revision) implements Step {}

        record Create(KubeObject revision) implements Step {}
    }

    public static long number(KubeObject revision) {
        return revision.at("/revision").asLong(0);
    }

    /** The data of a revision: a patch that puts the owner's template back, as {@code kubectl rollout undo} applies it. */
    static ObjectNode data(KubeObject owner) {
        ObjectNode template = (ObjectNode) owner.at("/spec/template").deepCopy();
        template.put("$patch", "replace");
        ObjectNode data = Json.object();
        data.putObject("spec").set("template", template);
        return data;
    }

    public static Step next(KubeObject owner, String labelKey, Collection<KubeObject> revisions) {
        ObjectNode data = data(owner);
        JsonNode canonical = TemplateHash.canonical(data);
        long newest = revisions.stream().mapToLong(Revisions::number).max().orElse(0);
        Optional<KubeObject> equal = revisions.stream()
                .filter(revision -> TemplateHash.canonical(revision.at("/data")).equals(canonical))
                .max(OLDEST_FIRST);
        if (equal.isPresent()) {
            if (number(equal.get()) == newest) {
                return new Step.Settled(equal.get());
            }
            KubeObject renumbered = equal.get().copy();
            renumbered.json().put("revision", newest + 1);
            return new Step.Renumber(renumbered);
        }
        return new Step.Create(create(owner, labelKey, data, newest + 1));
    }

    private static KubeObject create(KubeObject owner, String labelKey, ObjectNode data, long number) {
        String hash = TemplateHash.of(data, owner.at("/status/collisionCount").asInt(0));
        KubeObject revision = KubeObject.of(
                ResourceType.CONTROLLER_REVISIONS, owner.namespace(), owner.name() + "-" + hash);
        ObjectNode labels = revision.metadata().putObject("labels");
        KubeObject.strings(owner.at("/spec/template/metadata/labels")).forEach(labels::put);
        labels.put(labelKey, hash);
        if (!owner.annotations().isEmpty()) {
            ObjectNode annotations = revision.metadata().putObject("annotations");
            owner.annotations().forEach(annotations::put);
        }
        revision.metadata().putArray("ownerReferences").add(OwnerReference.controllerOf(owner).json());
        revision.json().set("data", data);
        revision.json().put("revision", number);
        return revision;
    }

    /** Revisions beyond the limit that nothing uses any more, oldest first. */
    public static List<KubeObject> beyondLimit(Collection<KubeObject> revisions, Set<String> used, int limit) {
        List<KubeObject> unused = revisions.stream()
                .filter(revision -> !used.contains(revision.name()))
                .sorted(OLDEST_FIRST)
                .toList();
        return unused.stream().limit(Math.max(0, unused.size() - limit)).toList();
    }

    /** The template that a revision stands for. */
    public static JsonNode template(KubeObject revision) {
        ObjectNode template = (ObjectNode) revision.at("/data/spec/template").deepCopy();
        template.remove("$patch");
        return template;
    }

    public static Stream<KubeObject> newestFirst(Collection<KubeObject> revisions) {
        return revisions.stream().sorted(OLDEST_FIRST.reversed());
    }
}
