package dev.fairway.apiserver.kinds;

import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.apiserver.registry.Subresource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Namespaces stay until their finalizer {@code kubernetes} is taken away: that is when they are empty. */
public final class NamespaceStrategy implements Strategy {
    private static final String FINALIZER = "kubernetes";

    @Override
    public void prepareForCreate(StrategyContext context, ObjectNode object) {
        object.withObjectProperty("status").put("phase", "Active");
        ArrayNode finalizers = object.withObjectProperty("spec").withArrayProperty("finalizers");
        if (finalizers.valueStream().noneMatch(each -> each.asString("").equals(FINALIZER))) {
            finalizers.add(FINALIZER);
        }
        label(object);
    }

    @Override
    public void prepareForUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        // Only the finalize subresource may change spec.finalizers.
        if (context.subresource() != Subresource.FINALIZE && old.hasNonNull("spec")) {
            object.set("spec", old.get("spec").deepCopy());
        }
        label(object);
    }

    /** Every namespace can be selected by its name. */
    private static void label(ObjectNode object) {
        ObjectNode metadata = object.withObjectProperty("metadata");
        metadata.withObjectProperty("labels").put("kubernetes.io/metadata.name", metadata.path("name").asString(""));
    }
}
