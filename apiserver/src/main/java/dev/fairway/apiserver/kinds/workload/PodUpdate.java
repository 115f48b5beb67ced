package dev.fairway.apiserver.kinds.workload;

import dev.fairway.apiserver.kinds.Check;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What may change of a Pod: images, its deadline to an earlier one, tolerations to more, scheduling gates to fewer. */
final class PodUpdate {
    private static final String FIXED = "pod updates may not change fields other than `spec.containers[*].image`,"
            + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to"
            + " existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was"
            + " previously negative)";

    private PodUpdate() {
    }

    static void check(Check check, ObjectNode pod, ObjectNode old) {
        JsonNode spec = pod.path("spec");
        JsonNode before = old.path("spec");
        for (String field : List.of("containers", "initContainers")) {
            if (spec.path(field).size() != before.path(field).size()) {
                check.forbidden("spec." + field, "pod updates may not add or remove containers");
                return;
            }
        }
        deadline(check, spec.path("activeDeadlineSeconds"), before.path("activeDeadlineSeconds"));
        tolerations(check, spec.path("tolerations"), before.path("tolerations"));
        gates(check, spec.path("schedulingGates"), before.path("schedulingGates"));
        if (!fixed(pod).equals(fixed(old))) {
            check.forbidden("spec", FIXED);
        }
    }

    private static void deadline(Check check, JsonNode now, JsonNode before) {
        if (before.isNumber()) {
            if (!now.isNumber()) {
                check.invalid("spec.activeDeadlineSeconds", null, "must not update from a positive integer to nil value");
            } else if (now.asLong() > before.asLong()) {
                check.invalid("spec.activeDeadlineSeconds", now.asLong(), "must be less than or equal to previous value");
            }
        }
    }

    /** An old toleration may last for another time, but stays. */
    private static void tolerations(Check check, JsonNode now, JsonNode before) {
        List<JsonNode> kept = new ArrayList<>();
        now.forEach(each -> kept.add(withoutTime(each)));
        for (JsonNode each : before) {
            if (!kept.contains(withoutTime(each))) {
                check.forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
                return;
            }
        }
    }

    private static JsonNode withoutTime(JsonNode toleration) {
        return toleration instanceof ObjectNode object ? object.deepCopy().without("tolerationSeconds") : toleration;
    }

    private static void gates(Check check, JsonNode now, JsonNode before) {
        for (int i = 0; i < now.size(); i++) {
            JsonNode gate = now.get(i);
            if (before.valueStream().noneMatch(gate::equals)) {
                check.forbidden("spec.schedulingGates", "only deletion is allowed, but found new scheduling gate '"
                        + gate.path("name").asString("") + "'");
            }
        }
    }

    /** The spec without what an update may change. */
    private static ObjectNode fixed(ObjectNode pod) {
        ObjectNode spec = pod.withObjectProperty("spec").deepCopy();
        PodDefaults.apply(spec);
        PodDefaults.containers(spec).forEach(container -> {
            container.remove("image");
        });
        spec.remove(List.of("activeDeadlineSeconds", "tolerations", "schedulingGates"));
        return spec;
    }
}
