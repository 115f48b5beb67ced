package dev.fairway.apiserver.authz;

import dev.fairway.apiserver.request.Attributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One rule of a role ({@code rbac.authorization.k8s.io/v1 PolicyRule}): these verbs on these resources, or on these
 * paths. {@code *} stands for all.
 *
 * @param resourceNames objects that the rule is for; empty means all
 */
public record PolicyRule(Set<String> verbs, Set<String> apiGroups, Set<String> resources, Set<String> resourceNames,
                         Set<String> nonResourceUrls) {
    private static final String ALL = "*";

    /** Reads a role's rules. */
    public static List<PolicyRule> ofRole(JsonNode role) {
        List<PolicyRule> rules = new ArrayList<>();
        for (JsonNode rule : role.path("rules")) {
            rules.add(new PolicyRule(strings(rule, "verbs"), strings(rule, "apiGroups"), strings(rule, "resources"),
                    strings(rule, "resourceNames"), strings(rule, "nonResourceURLs")));
        }
        return rules;
    }

    private static Set<String> strings(JsonNode rule, String field) {
        return rule.path(field).valueStream().map(value -> value.asString(""))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Whether the rule grants this. */
    public boolean allows(Attributes wanted) {
        if (!has(verbs, wanted.verb())) {
            return false;
        }
        if (!wanted.isResource()) {
            return nonResourceUrls.stream().anyMatch(url -> coversPath(url, wanted.path()));
        }
        return has(apiGroups, wanted.group()) && hasResource(wanted.resource(), wanted.subresource())
                && (resourceNames.isEmpty() || resourceNames.contains(wanted.name()));
    }

    private boolean hasResource(String resource, String subresource) {
        if (resources.contains(ALL)) {
            return true;
        }
        return subresource.isEmpty() ? resources.contains(resource)
                : resources.contains(resource + "/" + subresource) || resources.contains("*/" + subresource);
    }

    private static boolean has(Set<String> set, String value) {
        return set.contains(ALL) || set.contains(value);
    }

    private static boolean coversPath(String url, String path) {
        return url.equals(ALL) || url.equals(path)
                || url.endsWith(ALL) && path.startsWith(url.substring(0, url.length() - 1));
    }

    /** The rule in pieces of one verb, group, resource and name, or one verb and path. */
    public List<PolicyRule> pieces() {
        List<PolicyRule> pieces = new ArrayList<>();
        for (String verb : verbs) {
            for (String group : apiGroups) {
                for (String resource : resources) {
                    if (resourceNames.isEmpty()) {
                        pieces.add(new PolicyRule(Set.of(verb), Set.of(group), Set.of(resource), Set.of(), Set.of()));
                    }
                    for (String name : resourceNames) {
                        pieces.add(new PolicyRule(Set.of(verb), Set.of(group), Set.of(resource), Set.of(name), Set.of()));
                    }
                }
            }
            for (String url : nonResourceUrls) {
                pieces.add(new PolicyRule(Set.of(verb), Set.of(), Set.of(), Set.of(), Set.of(url)));
            }
        }
        return pieces;
    }

    /** Pieces put together again where only their verbs differ. */
    static List<PolicyRule> together(List<PolicyRule> pieces) {
        Map<PolicyRule, Set<String>> verbs = new LinkedHashMap<>();
        for (PolicyRule piece : pieces) {
            verbs.computeIfAbsent(new PolicyRule(Set.of(), piece.apiGroups, piece.resources, piece.resourceNames, piece.nonResourceUrls),
                    ignored -> new LinkedHashSet<>()).addAll(piece.verbs);
        }
        return verbs.entrySet().stream().map(each -> new PolicyRule(each.getValue(), each.getKey().apiGroups,
                each.getKey().resources, each.getKey().resourceNames, each.getKey().nonResourceUrls)).toList();
    }

    /** Whether this rule alone grants all that a piece grants. */
    boolean coversPiece(PolicyRule piece) {
        String verb = piece.verbs.iterator().next();
        if (!has(verbs, verb)) {
            return false;
        }
        if (!piece.nonResourceUrls.isEmpty()) {
            String url = piece.nonResourceUrls.iterator().next();
            return nonResourceUrls.stream().anyMatch(own -> coversPath(own, url));
        }
        String resource = piece.resources.iterator().next();
        int slash = resource.indexOf('/');
        boolean hasResource = resources.contains(ALL) || resources.contains(resource)
                || slash >= 0 && resources.contains("*" + resource.substring(slash));
        return has(apiGroups, piece.apiGroups.iterator().next()) && hasResource
                && (resourceNames.isEmpty() || !piece.resourceNames.isEmpty() && resourceNames.containsAll(piece.resourceNames));
    }

    /** As the API shows it. */
    public ObjectNode toJson() {
        ObjectNode json = dev.fairway.kube.Json.object();
        put(json, "verbs", verbs);
        put(json, "apiGroups", apiGroups);
        put(json, "resources", resources);
        put(json, "resourceNames", resourceNames);
        put(json, "nonResourceURLs", nonResourceUrls);
        return json;
    }

    private static void put(ObjectNode json, String field, Set<String> values) {
        if (!values.isEmpty()) {
            values.forEach(json.putArray(field)::add);
        }
    }

    /** As Kubernetes words it in refusals. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        describe(parts, "APIGroups", apiGroups);
        describe(parts, "Resources", resources);
        describe(parts, "NonResourceURLs", nonResourceUrls);
        describe(parts, "ResourceNames", resourceNames);
        describe(parts, "Verbs", verbs);
        return "{" + String.join(", ", parts) + "}";
    }

    private static void describe(List<String> parts, String name, Set<String> values) {
        if (!values.isEmpty()) {
            parts.add(name + ":" + values.stream().map(value -> '"' + value + '"')
                    .collect(Collectors.joining(", ", "[", "]")));
        }
    }
}
