package dev.fairway.apiserver.kinds.access;

import dev.fairway.apiserver.authz.Escalation;
import dev.fairway.apiserver.authz.PolicyRule;
import dev.fairway.apiserver.kinds.Check;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.schema.FieldError;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Roles and ClusterRoles: nobody may write more rights into one than he has. */
public final class RoleStrategy implements Strategy {

    @Override
    public void prepareForCreate(StrategyContext context, ObjectNode object) {
        Escalation.checkRole(context, object);
    }

    @Override
    public void prepareForUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        if (!PolicyRule.ofRole(object).equals(PolicyRule.ofRole(old))
                || !object.path("aggregationRule").equals(old.path("aggregationRule"))) {
            Escalation.checkRole(context, object);
        }
    }

    @Override
    public List<FieldError> validateCreate(StrategyContext context, ObjectNode object) {
        Check check = new Check();
        int index = 0;
        for (JsonNode rule : object.path("rules")) {
            rule(check, rule, "rules[" + index++ + "]", context.resource().namespaced());
        }
        return check.errors();
    }

    @Override
    public List<FieldError> validateUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        return validateCreate(context, object);
    }

    private static void rule(Check check, JsonNode rule, String field, boolean namespaced) {
        if (rule.path("verbs").isEmpty()) {
            check.required(field + ".verbs", "verbs must contain at least one value");
        }
        if (!rule.path("nonResourceURLs").isEmpty()) {
            if (namespaced) {
                check.invalid(field + ".nonResourceURLs", rule.path("nonResourceURLs"),
                        "namespaced rules cannot apply to non-resource URLs");
            }
            if (!rule.path("apiGroups").isEmpty() || !rule.path("resources").isEmpty()
                    || !rule.path("resourceNames").isEmpty()) {
                check.invalid(field + ".nonResourceURLs", rule.path("nonResourceURLs"),
                        "rules cannot apply to both regular resources and non-resource URLs");
            }
            return;
        }
        if (rule.path("apiGroups").isEmpty()) {
            check.required(field + ".apiGroups", "resource rules must supply at least one api group");
        }
        if (rule.path("resources").isEmpty()) {
            check.required(field + ".resources", "resource rules must supply at least one resource");
        }
    }
}
