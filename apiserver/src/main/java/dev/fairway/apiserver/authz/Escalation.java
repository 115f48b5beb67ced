package dev.fairway.apiserver.authz;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.apiserver.request.Attributes;
import dev.fairway.apiserver.user.UserInfo;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps users from giving rights that they do not have, be it by writing a role or by binding one. The verbs
 * {@code escalate} and {@code bind} lift it.
 */
public final class Escalation {
    private Escalation() {
    }

    /** A role may hold what its writer may do. */
    public static void checkRole(StrategyContext context, ObjectNode role) {
        if (mayEverything(context) || may(context, "escalate", context.resource(), context.namespace(), name(role))) {
            return;
        }
        List<PolicyRule> rules = role.path("aggregationRule").path("clusterRoleSelectors").isEmpty()
                ? PolicyRule.ofRole(role)
                : List.of(new PolicyRule(Set.of("*"), Set.of("*"), Set.of("*"),
                        Set.of(), Set.of()));
        refuseMissing(context, name(role), rules);
    }

    /** A role may be bound by who may do what it holds. */
    public static void checkBinding(StrategyContext context, ObjectNode binding) {
        if (mayEverything(context)) {
            return;
        }
        JsonNode reference = binding.path("roleRef");
        boolean cluster = reference.path("kind").asString("").equals("ClusterRole");
        String namespace = cluster ? "" : context.namespace();
        ResourceDefinition roles = context.server().resources()
                .require(RbacAuthorizer.GROUP, cluster ? "clusterroles" : "roles");
        String roleName = reference.path("name").asString("");
        if (may(context, "bind", roles, cluster ? context.namespace() : namespace, roleName)) {
            return;
        }
        Optional<ObjectNode> role = context.server().get(roles, namespace, roleName);
        if (role.isEmpty()) {
            throw Errors.notFound(roles, roleName);
        }
        refuseMissing(context, name(binding), PolicyRule.ofRole(role.get()));
    }

    private static boolean mayEverything(StrategyContext context) {
        return context.user().groups().contains(UserInfo.MASTERS);
    }

    private static boolean may(StrategyContext context, String verb, ResourceDefinition resource, String namespace,
            String name) {
        return Authorizer.of(context.server()).authorize(new Attributes(context.user(), verb, resource.group(),
                resource.version(), resource.plural(), "", namespace, name, "")).allowed();
    }

    private static void refuseMissing(StrategyContext context, String name, List<PolicyRule> rules) {
        if (!(Authorizer.of(context.server()) instanceof RbacAuthorizer rbac)) {
            return;
        }
        List<PolicyRule> missing = rbac.missing(context.user(), context.namespace(), rules);
        if (!missing.isEmpty()) {
            String groups = context.user().groups().stream().map(group -> '"' + group + '"')
                    .collect(Collectors.joining(" ", "[", "]"));
            throw Errors.forbidden(context.resource(), name, "user \"" + context.user().name() + "\" (groups=" + groups
                    + ") is attempting to grant RBAC permissions not currently held:\n"
                    + PolicyRule.together(missing).stream().map(PolicyRule::toString).sorted().collect(Collectors.joining("\n")));
        }
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asString("");
    }
}
