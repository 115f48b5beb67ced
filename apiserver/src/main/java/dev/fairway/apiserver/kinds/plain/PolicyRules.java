package dev.fairway.apiserver.kinds.plain;

import dev.fairway.apiserver.kinds.Check;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** PodDisruptionBudgets, PriorityClasses and Leases. */
final class PolicyRules {
    private static final String SYSTEM = "system-";
    private static final int HIGHEST_OF_USERS = 1_000_000_000;
    private static final Map<String, Integer> SYSTEM_PRIORITIES =
            Map.of("system-cluster-critical", 2_000_000_000, "system-node-critical", 2_000_001_000);

    private PolicyRules() {
    }

    static void disruptionBudget(At budget) {
        At spec = budget.field("spec");
        if (spec.field("minAvailable").present() && spec.field("maxUnavailable").present()) {
            spec.invalid("minAvailable and maxUnavailable cannot be both set");
        }
        for (String field : List.of("minAvailable", "maxUnavailable")) {
            At at = spec.field(field);
            if (at.present()) {
                at.check().numberOrPercent(at.path(), at.node(), true);
            }
        }
        if (spec.field("unhealthyPodEvictionPolicy").present()) {
            spec.field("unhealthyPodEvictionPolicy").oneOf(List.of("AlwaysAllow", "IfHealthyBudget"));
        }
        spec.check().labelSelector(spec.path() + ".selector", spec.field("selector").node());
    }

    static void priorityClassDefaults(ObjectNode object) {
        PlainRules.missing(object, "preemptionPolicy", "PreemptLowerPriority");
    }

    static void priorityClass(At priorityClass) {
        At name = priorityClass.field("metadata").field("name");
        At value = priorityClass.field("value");
        if (name.text().startsWith(SYSTEM)) {
            Integer known = SYSTEM_PRIORITIES.get(name.text());
            if (known == null || known != value.node().asInt(0)) {
                name.forbidden("priority class names with '" + SYSTEM + "' prefix are reserved for system use only. error: "
                        + (known == null ? name.text() + " is not a known system priority class"
                                : "value of " + name.text() + " PriorityClass must be " + known));
            }
        } else if (value.node().asInt(0) > HIGHEST_OF_USERS) {
            value.forbidden("maximum allowed value of a user defined priority is " + HIGHEST_OF_USERS);
        }
        priorityClass.field("preemptionPolicy").oneOf(List.of("Never", "PreemptLowerPriority"));
    }

    static void priorityClassUpdate(At now, At old) {
        if (now.field("value").node().asInt(0) != old.field("value").node().asInt(0)) {
            now.field("value").forbidden("may not be changed in an update.");
        }
        now.field("preemptionPolicy").immutable(old.field("preemptionPolicy"));
    }

    static void lease(At lease) {
        At spec = lease.field("spec");
        Check check = lease.check();
        At duration = spec.field("leaseDurationSeconds");
        if (duration.present() && duration.node().asInt(0) <= 0) {
            duration.invalid("must be greater than 0");
        }
        check.notNegative(spec.path() + ".leaseTransitions", spec.field("leaseTransitions").node());
        if (!spec.field("preferredHolder").text().isEmpty() && spec.field("strategy").text().isEmpty()) {
            spec.field("preferredHolder").forbidden("may only be specified if `strategy` is defined");
        }
    }
}
