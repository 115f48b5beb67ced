package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Conversions;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.selector.FieldSelector;
import dev.fairway.apiserver.storage.StoredObject;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import tools.jackson.databind.node.ObjectNode;

/** The selectors of a list or watch against objects. */
record Filter(ResourceDefinition resource, String version, LabelSelector labels, FieldSelector fields) {

    static Filter of(ResourceDefinition resource, String version, ListQuery query) {
        return new Filter(resource, version, query.labels(), query.fields());
    }

    /** Whether everything matches. */
    boolean isOpen() {
        return labels.requirements().isEmpty() && fields.isEmpty();
    }

    /** Whether a stored object matches; parses it only where its key does not decide. */
    boolean matches(StoredObject object) {
        if (isOpen()) {
            return true;
        }
        if (fields.requiredName().filter(name -> !name.equals(object.name())).isPresent()) {
            return false;
        }
        return matches(object.toTree());
    }

    /** Whether a tree in the stored version matches; the tree is not changed. */
    boolean matches(ObjectNode tree) {
        if (isOpen()) {
            return true;
        }
        if (!labels.requirements().isEmpty()
                && !labels.matches(KubeObject.strings(tree.path("metadata").path("labels")))) {
            return false;
        }
        if (fields.isEmpty()) {
            return true;
        }
        boolean sameFields = fields.onlyMetadata() || resource.group().equals(resource.storageGroup());
        ObjectNode seen = sameFields ? tree : Conversions.convert(tree.deepCopy(), resource, version);
        return fields.matches(seen, resource.selectable());
    }
}
