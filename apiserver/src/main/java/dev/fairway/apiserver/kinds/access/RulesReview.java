package dev.fairway.apiserver.kinds.access;

import dev.fairway.apiserver.authz.Authorizer;
import dev.fairway.apiserver.authz.PolicyRule;
import dev.fairway.apiserver.authz.RbacAuthorizer;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** SelfSubjectRulesReview: all that the asker may do in a namespace ({@code kubectl auth can-i --list}). */
public final class RulesReview implements Strategy {

    @Override
    public Optional<ObjectNode> answer(StrategyContext context, ObjectNode object) {
        String namespace = object.path("spec").path("namespace").asString("");
        if (namespace.isEmpty()) {
            throw Errors.badRequest("no namespace on request");
        }
        ObjectNode status = object.putObject("status");
        ArrayNode resources = status.putArray("resourceRules");
        ArrayNode paths = status.putArray("nonResourceRules");
        if (Authorizer.of(context.server()) instanceof RbacAuthorizer rbac) {
            for (PolicyRule rule : rbac.rules(context.user(), namespace)) {
                (rule.nonResourceUrls().isEmpty() ? resources : paths).add(rule.toJson());
            }
            status.put("incomplete", false);
        } else {
            status.put("incomplete", true).put("evaluationError", "the authorizer does not support listing rules");
        }
        return Optional.of(object);
    }
}
