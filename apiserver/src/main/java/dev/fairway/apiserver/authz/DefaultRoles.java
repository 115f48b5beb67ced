package dev.fairway.apiserver.authz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fairway.kube.AggregatedRules;
import dev.fairway.kube.Json;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.ResourceType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Reads the roles and bindings that every cluster has from the start out of {@code default-roles.txt}. */
final class DefaultRoles {
    static final String AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";

    /** One role or binding. */
    record Default(ResourceType type, ObjectNode object) {
    }

    private final List<Default> all = new ArrayList<>();
    private ObjectNode role;

    private DefaultRoles() {
    }

    static List<Default> read() {
        DefaultRoles roles = new DefaultRoles();
        try (InputStream in = DefaultRoles.class.getResourceAsStream("default-roles.txt")) {
            new String(in.readAllBytes(), UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(roles::line);
        } catch (IOException e) {
            throw new UncheckedIOException("default-roles.txt", e);
        }
        roles.addUp();
        return roles.all;
    }

    /** The aggregated roles are right from the start; later a controller keeps them so. An aggregate may be part of another. */
    private void addUp() {
        List<KubeObject> clusterRoles = all.stream().filter(each -> each.type() == RbacAuthorizer.CLUSTER_ROLES)
                .map(each -> new KubeObject(each.object())).toList();
        List<KubeObject> aggregates = clusterRoles.stream().filter(AggregatedRules::aggregates).toList();
        for (int depth = 0; depth < aggregates.size(); depth++) {
            aggregates.forEach(each -> each.json().set("rules", AggregatedRules.of(each, clusterRoles)));
        }
    }

    private void line(String line) {
        String[] words = line.strip().split("\\s+");
        if (line.startsWith("  ")) {
            rule(line.strip());
            return;
        }
        switch (words[0]) {
            case "clusterrole" -> clusterRole(words);
            case "role" -> role = add(RbacAuthorizer.ROLES, words[1], words[2]);
            case "clusterbind" -> binding(add(RbacAuthorizer.CLUSTER_ROLE_BINDINGS, "", words[1]), "ClusterRole",
                    words[1], List.of(words).subList(3, words.length));
            case "bind" -> binding(add(RbacAuthorizer.ROLE_BINDINGS, words[1], words[2]), "Role", words[3],
                    List.of(words).subList(5, words.length));
            default -> throw new IllegalStateException("default-roles.txt: " + line);
        }
    }

    private void clusterRole(String[] words) {
        role = add(RbacAuthorizer.CLUSTER_ROLES, "", words[1]);
        for (int i = 2; i < words.length; i += 2) {
            String[] label = words[i + 1].split("=");
            if (words[i].equals("label")) {
                ((ObjectNode) role.at("/metadata/labels")).put(label[0], label[1]);
            } else {
                role.putObject("aggregationRule").putArray("clusterRoleSelectors").addObject()
                        .putObject("matchLabels").put(label[0], label[1]);
            }
        }
    }

    private ObjectNode add(ResourceType type, String namespace, String name) {
        ObjectNode object = Json.object().put("apiVersion", type.apiVersion()).put("kind", type.kind());
        ObjectNode metadata = object.putObject("metadata").put("name", name);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        metadata.putObject("annotations").put(AUTOUPDATE, "true");
        metadata.putObject("labels").put("kubernetes.io/bootstrapping", "rbac-defaults");
        if (type.kind().endsWith("Role")) {
            object.putArray("rules");
        }
        all.add(new Default(type, object));
        return object;
    }

    private void rule(String line) {
        PolicyRule rule;
        int at = line.indexOf(" @ ");
        if (at > 0) {
            rule = new PolicyRule(verbs(line.substring(0, at)), Set.of(), Set.of(), Set.of(), set(line.substring(at + 3)));
        } else {
            String[] parts = line.split(" : ");
            Set<String> groups = new LinkedHashSet<>();
            set(parts[1]).forEach(group -> groups.add(group.equals("core") ? "" : group));
            rule = new PolicyRule(verbs(parts[0]), groups, set(parts[2]), parts.length > 3 ? set(parts[3]) : Set.of(),
                    Set.of());
        }
        role.withArray("rules").add(rule.toJson());
    }

    private static Set<String> verbs(String list) {
        Set<String> verbs = new LinkedHashSet<>();
        for (String verb : set(list)) {
            switch (verb) {
                case "read" -> verbs.addAll(List.of("get", "list", "watch"));
                case "write" -> verbs.addAll(List.of("create", "delete", "deletecollection", "patch", "update"));
                default -> verbs.add(verb);
            }
        }
        return verbs;
    }

    private static Set<String> set(String list) {
        return new LinkedHashSet<>(List.of(list.strip().split(",")));
    }

    private static void binding(ObjectNode binding, String kind, String role, List<String> subjects) {
        binding.putObject("roleRef").put("apiGroup", RbacAuthorizer.GROUP).put("kind", kind).put("name", role);
        var list = binding.putArray("subjects");
        for (String subject : subjects) {
            int colon = subject.indexOf(':');
            String name = subject.substring(colon + 1);
            ObjectNode object = list.addObject();
            switch (subject.substring(0, colon)) {
                case "user" -> object.put("apiGroup", RbacAuthorizer.GROUP).put("kind", "User").put("name", name);
                case "group" -> object.put("apiGroup", RbacAuthorizer.GROUP).put("kind", "Group").put("name", name);
                case "account" -> object.put("kind", "ServiceAccount").put("name", name.substring(name.indexOf('/') + 1))
                        .put("namespace", name.substring(0, name.indexOf('/')));
                default -> throw new IllegalStateException("default-roles.txt: " + subject);
            }
        }
    }
}
