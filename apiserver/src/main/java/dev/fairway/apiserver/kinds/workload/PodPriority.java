package dev.fairway.apiserver.kinds.workload;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ServerContext;
import dev.fairway.apiserver.registry.StrategyContext;
import java.util.Comparator;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A Pod's priority is that of its PriorityClass (admission plugin Priority). */
final class PodPriority {
    private PodPriority() {
    }

    /**
     * Fills in {@code priority} and {@code preemptionPolicy}.
     *
     * @throws dev.fairway.apiserver.errors.StatusException when the class does not exist, or says otherwise than the Pod
     */
    static void admit(StrategyContext context, ObjectNode pod) {
        ObjectNode spec = pod.withObjectProperty("spec");
        String wanted = spec.path("priorityClassName").asString("");
        ResourceDefinition classes = context.server().resources().require("scheduling.k8s.io", "priorityclasses");
        String podName = pod.path("metadata").path("name").asString("");
        Optional<ObjectNode> found = wanted.isEmpty() ? general(context.server(), classes)
                : context.server().get(classes, "", wanted);
        if (found.isEmpty() && !wanted.isEmpty()) {
            throw Errors.forbidden(context.resource(), podName, "no PriorityClass with name " + wanted + " was found");
        }
        int priority = found.map(each -> each.path("value").asInt(0)).orElse(0);
        if (spec.hasNonNull("priority") && spec.path("priority").asInt() != priority) {
            throw Errors.forbidden(context.resource(), podName, "the integer value of priority (" + spec.path("priority").asInt()
                    + ") must not be provided in pod spec; priority admission controller computed " + priority
                    + " from the given PriorityClass name");
        }
        found.filter(ignored -> wanted.isEmpty()).ifPresent(each ->
                spec.put("priorityClassName", each.path("metadata").path("name").asString("")));
        spec.put("priority", priority);
        if (!spec.hasNonNull("preemptionPolicy")) {
            spec.put("preemptionPolicy", found.map(each -> each.path("preemptionPolicy").asString(""))
                    .filter(each -> !each.isEmpty()).orElse("PreemptLowerPriority"));
        }
    }

    /** The class for Pods without one; the lowest where several claim to be it. */
    private static Optional<ObjectNode> general(ServerContext server, ResourceDefinition classes) {
        return server.list(classes, "").stream().filter(each -> each.path("globalDefault").asBoolean(false))
                .min(Comparator.comparingInt(each -> each.path("value").asInt(0)));
    }
}
