package dev.fairway.apiserver.apply;

import dev.fairway.apiserver.registry.Shape;
import dev.fairway.kube.Json;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The annotation in which {@code kubectl apply} without server-side apply keeps what it applied last. */
final class LastApplied {
    static final String ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

    /** The field manager for which the annotation counts: kubectl's own, going over to server-side apply. */
    static final String KUBECTL = "kubectl";

    private LastApplied() {
    }

    /** The annotation's configuration; empty if there is none, or none that can be read. */
    static Optional<ObjectNode> of(JsonNode object) {
        String text = object.path("metadata").path("annotations").path(ANNOTATION).asString("");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.parseObject(text));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** Whether all these fields were set by the last client-side apply, so that taking them takes them from nobody. */
    static boolean explains(ObjectNode lastApplied, Shape shape, Iterable<Ownership.Conflict> conflicts) {
        FieldSet fields;
        try {
            fields = Fields.of(lastApplied, shape);
        } catch (DuplicateItemException e) {
            return false;
        }
        for (Ownership.Conflict conflict : conflicts) {
            if (!fields.has(conflict.path())) {
                return false;
            }
        }
        return true;
    }

    /** Keeps the annotation true where there is one, so that client-side apply still works afterwards. */
    static void refresh(ObjectNode object, ObjectNode applied) {
        JsonNode annotations = object.path("metadata").path("annotations");
        if (annotations instanceof ObjectNode present && present.has(ANNOTATION)) {
            ObjectNode config = applied.deepCopy();
            if (config.path("metadata").path("annotations") instanceof ObjectNode own) {
                own.remove(ANNOTATION);
            }
            ObjectNode copy = present.deepCopy();
            copy.put(ANNOTATION, config.toString() + "\n");
            ((ObjectNode) object.path("metadata")).set("annotations", copy);
        }
    }
}
