package dev.fairway.apiserver.kinds.workload;

import dev.fairway.apiserver.kinds.Check;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.schema.FieldError;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The rules of Pods. */
public final class PodStrategy implements Strategy {
    private static final long DEFAULT_GRACE_SECONDS = 30;
    private static final int TOLERATION_SECONDS = 300;
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");
    private static final List<String> UNREACHABLE = List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");

    @Override
    public void prepareForCreate(StrategyContext context, ObjectNode object) {
        ObjectNode spec = object.withObjectProperty("spec");
        PodDefaults.apply(spec);
        PodAccount.admit(context, object);
        if (!spec.hasNonNull("enableServiceLinks")) {
            spec.put("enableServiceLinks", true);
        }
        PodPriority.admit(context, object);
        tolerations(spec.withArrayProperty("tolerations"));
        object.putObject("status").put("phase", "Pending").put("qosClass", QosClass.of(spec).name());
    }

    /** A Pod outlives a short absence of its node (admission plugin DefaultTolerationSeconds). */
    private static void tolerations(ArrayNode tolerations) {
        for (String taint : UNREACHABLE) {
            boolean own = tolerations.valueStream().anyMatch(each ->
                    (each.path("key").asString("").equals(taint) || each.path("key").asString("").isEmpty())
                            && (each.path("effect").asString("").equals("NoExecute") || each.path("effect").asString("").isEmpty()));
            if (!own) {
                tolerations.addObject().put("key", taint).put("operator", "Exists").put("effect", "NoExecute")
                        .put("tolerationSeconds", TOLERATION_SECONDS);
            }
        }
    }

    @Override
    public void prepareForUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        PodSubresources.keep(context.subresource(), object, old);
        PodDefaults.apply(object.withObjectProperty("spec"));
        if (context.subresource() != null) {
            JsonNode qos = old.path("status").path("qosClass");
            if (!qos.isMissingNode()) {
                object.withObjectProperty("status").set("qosClass", qos);
            }
        }
    }

    @Override
    public List<FieldError> validateCreate(StrategyContext context, ObjectNode object) {
        Check check = new Check();
        PodSpecValidation.validate(check, "spec", object.path("spec"));
        if (!object.path("spec").path("ephemeralContainers").isEmpty()) {
            check.forbidden("spec.ephemeralContainers", "cannot be set on create");
        }
        return check.errors();
    }

    @Override
    public List<FieldError> validateUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        if (context.subresource() != null) {
            return PodSubresources.validate(context.subresource(), object, old);
        }
        Check check = new Check();
        PodSpecValidation.validate(check, "spec", object.path("spec"));
        PodUpdate.check(check, object, old);
        return check.errors();
    }

    /** A Pod that runs nowhere goes at once; another one when its node's agent says that it has ended. */
    @Override
    public OptionalLong gracePeriod(StrategyContext context, ObjectNode object, OptionalLong requested) {
        boolean nowhere = object.path("spec").path("nodeName").asString("").isEmpty();
        if (nowhere || ENDED.contains(object.path("status").path("phase").asString(""))) {
            return OptionalLong.of(0);
        }
        return requested.isPresent() ? requested : OptionalLong.of(
                object.path("spec").path("terminationGracePeriodSeconds").asLong(DEFAULT_GRACE_SECONDS));
    }
}
