package dev.fairway.apiserver.crd;

import dev.fairway.kube.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which of the names that a definition asks for it may have: no name can stand for two resources of a group.
 *
 * @param accepted what it has: the names it asked for, save those that others have
 * @param reason   as the condition NamesAccepted gives it
 * @param message  which names are taken
 */
record CrdNames(ObjectNode accepted, String reason, String message) {

    boolean all() {
        return reason.equals("NoConflicts");
    }

    /**
     * Decides.
     *
     * @param others the other definitions
     */
    static CrdNames decide(JsonNode definition, Collection<? extends JsonNode> others) {
        Set<String> resources = new HashSet<>();
        Set<String> kinds = new HashSet<>();
        for (JsonNode other : others) {
            if (other.path("spec").path("group").equals(definition.path("spec").path("group"))
                    && !other.path("metadata").path("name").equals(definition.path("metadata").path("name"))) {
                JsonNode names = other.path("status").path("acceptedNames");
                resources.add(names.path("plural").asString(""));
                resources.add(names.path("singular").asString(""));
                names.path("shortNames").forEach(each -> resources.add(each.asString("")));
                kinds.add(names.path("kind").asString(""));
                kinds.add(names.path("listKind").asString(""));
            }
        }
        return decide(definition.path("spec").path("names"), definition.path("status").path("acceptedNames"), resources, kinds);
    }

    private static CrdNames decide(JsonNode wanted, JsonNode had, Set<String> resources, Set<String> kinds) {
        ObjectNode accepted = had.isObject() ? (ObjectNode) had.deepCopy() : Json.object();
        String reason = "NoConflicts";
        String message = "no conflicts found";
        for (String field : List.of("plural", "singular", "shortNames", "kind", "listKind")) {
            Set<String> used = field.endsWith("ind") ? kinds : resources;
            List<String> taken = new ArrayList<>();
            for (String name : strings(wanted.path(field))) {
                if (!strings(had.path(field)).contains(name) && used.contains(name)) {
                    taken.add("\"" + name + "\" is already in use");
                }
            }
            if (taken.isEmpty()) {
                set(accepted, field, wanted);
            } else {
                reason = Character.toUpperCase(field.charAt(0)) + field.substring(1) + "Conflict";
                message = taken.size() == 1 ? taken.getFirst() : "[" + String.join(", ", taken) + "]";
            }
        }
        set(accepted, "categories", wanted);
        return new CrdNames(accepted, reason, message);
    }

    private static void set(ObjectNode accepted, String field, JsonNode wanted) {
        if (wanted.has(field)) {
            accepted.set(field, wanted.get(field));
        } else {
            accepted.remove(field);
        }
    }

    private static List<String> strings(JsonNode names) {
        return names.isArray() ? names.valueStream().map(each -> each.asString("")).toList() : List.of(names.asString(""));
    }
}
