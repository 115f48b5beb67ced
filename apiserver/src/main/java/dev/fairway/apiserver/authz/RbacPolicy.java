package dev.fairway.apiserver.authz;

import dev.fairway.apiserver.authn.ServiceAccountTokens;
import dev.fairway.apiserver.request.Attributes;
import dev.fairway.apiserver.user.UserInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What all roles and bindings of a cluster together grant, by subject. Immutable; made anew when one of them changes.
 */
public final class RbacPolicy {

    /**
     * A role bound to a subject.
     *
     * @param namespace where it counts; empty means everywhere
     * @param why       as Kubernetes words the reason of a decision
     */
    record Grant(String namespace, List<PolicyRule> rules, String why) {
    }

    private enum SubjectKind { USER, GROUP }

    private record Subject(SubjectKind kind, String name) {
    }

    private final Map<Subject, List<Grant>> grants = new HashMap<>();

    /**
     * @param roles               Roles
     * @param clusterRoles        ClusterRoles
     * @param roleBindings        RoleBindings
     * @param clusterRoleBindings ClusterRoleBindings
     */
    public RbacPolicy(Collection<? extends JsonNode> roles, Collection<? extends JsonNode> clusterRoles,
            Collection<? extends JsonNode> roleBindings, Collection<? extends JsonNode> clusterRoleBindings) {
        Map<String, List<PolicyRule>> rules = new HashMap<>();
        roles.forEach(role -> rules.put(key("Role", namespace(role), name(role)), PolicyRule.ofRole(role)));
        clusterRoles.forEach(role -> rules.put(key("ClusterRole", "", name(role)), PolicyRule.ofRole(role)));
        roleBindings.forEach(binding -> bind(binding, "RoleBinding", rules));
        clusterRoleBindings.forEach(binding -> bind(binding, "ClusterRoleBinding", rules));
    }

    private void bind(JsonNode binding, String kind, Map<String, List<PolicyRule>> rules) {
        String namespace = namespace(binding);
        String roleKind = binding.path("roleRef").path("kind").asString("");
        String roleName = binding.path("roleRef").path("name").asString("");
        List<PolicyRule> bound = rules.get(key(roleKind, roleKind.equals("Role") ? namespace : "", roleName));
        // A binding may come before its role; until then it grants nothing.
        if (bound == null || kind.equals("ClusterRoleBinding") && !roleKind.equals("ClusterRole")) {
            return;
        }
        String what = kind + " \"" + name(binding) + (namespace.isEmpty() ? "" : "/" + namespace) + "\" of " + roleKind
                + " \"" + roleName + "\" to ";
        for (JsonNode subject : binding.path("subjects")) {
            String name = subject.path("name").asString("");
            String subjectNamespace = subject.path("namespace").asString(namespace);
            switch (subject.path("kind").asString("")) {
                case "User" -> add(SubjectKind.USER, name, new Grant(namespace, bound, what + "User \"" + name + '"'));
                case "Group" -> add(SubjectKind.GROUP, name, new Grant(namespace, bound, what + "Group \"" + name + '"'));
                case "ServiceAccount" -> add(SubjectKind.USER, ServiceAccountTokens.userName(subjectNamespace, name),
                        new Grant(namespace, bound, what + "ServiceAccount \"" + name + "/" + subjectNamespace + '"'));
                default -> {
                    // Validation lets no other kind in; one from elsewhere grants nothing.
                }
            }
        }
    }

    private void add(SubjectKind kind, String name, Grant grant) {
        grants.computeIfAbsent(new Subject(kind, name), subject -> new ArrayList<>()).add(grant);
    }

    /** Why this is allowed; empty if it is not. */
    Optional<String> allows(Attributes wanted) {
        return of(wanted.user()).stream()
                .filter(grant -> grant.namespace().isEmpty()
                        || wanted.isResource() && grant.namespace().equals(wanted.namespace()))
                .filter(grant -> grant.rules().stream().anyMatch(rule -> rule.allows(wanted)))
                .findFirst().map(Grant::why);
    }

    /** All rules that a user has in a namespace; those of the whole cluster included. */
    List<PolicyRule> rules(UserInfo user, String namespace) {
        return of(user).stream()
                .filter(grant -> grant.namespace().isEmpty() || grant.namespace().equals(namespace))
                .flatMap(grant -> grant.rules().stream()).toList();
    }

    private List<Grant> of(UserInfo user) {
        List<Grant> all = new ArrayList<>(grants.getOrDefault(new Subject(SubjectKind.USER, user.name()), List.of()));
        user.groups().forEach(group -> all.addAll(grants.getOrDefault(new Subject(SubjectKind.GROUP, group), List.of())));
        return all;
    }

    private static String key(String kind, String namespace, String name) {
        return kind + "/" + namespace + "/" + name;
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asString("");
    }

    private static String namespace(JsonNode object) {
        return object.path("metadata").path("namespace").asString("");
    }
}
