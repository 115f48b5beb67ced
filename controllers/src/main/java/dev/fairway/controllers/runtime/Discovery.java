package dev.fairway.controllers.runtime;

import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiException;
import dev.fairway.kube.client.ApiRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The resources that a server serves, each in its group's preferred version. */
public record Discovery(List<Resource> resources, List<String> failures) {

    /** One resource and the verbs that it takes. */
    public record Resource(ResourceType type, Set<String> verbs) {
        public boolean takes(String... wanted) {
            return verbs.containsAll(Set.of(wanted));
        }
    }

    /**
     * Asks the server. A group that does not answer is named in {@link #failures()}; the others are complete.
     *
     * @throws ApiException if the server tells not even its groups
     */
    public static Discovery of(ApiClient client) {
        List<Resource> resources = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        add(client, "", "v1", "/api/v1", resources, failures, seen);
        for (JsonNode group : client.tree(ApiRequest.get("/apis")).path("groups")) {
            String name = group.path("name").asString("");
            String preferred = group.at("/preferredVersion/version").asString("");
            add(client, name, preferred, "/apis/" + name + "/" + preferred, resources, failures, seen);
            // A resource may live in an older version only.
            for (JsonNode version : group.path("versions")) {
                String other = version.path("version").asString("");
                if (!other.equals(preferred)) {
                    add(client, name, other, "/apis/" + name + "/" + other, resources, failures, seen);
                }
            }
        }
        return new Discovery(resources, failures);
    }

    private static void add(
            ApiClient client, String group, String version, String path,
            List<Resource> into, List<String> failures, Set<String> seen) {
        JsonNode answer;
        try {
            answer = client.tree(ApiRequest.get(path));
        } catch (ApiException e) {
            failures.add((group.isEmpty() ? version : group + "/" + version) + ": " + e.getMessage());
            return;
        }
        for (JsonNode resource : answer.path("resources")) {
            String plural = resource.path("name").asString("");
            if (plural.contains("/") || !seen.add(group + "/" + plural)) {
                continue;
            }
            ResourceType type = new ResourceType(group, version, plural, resource.path("kind").asString(""),
                    resource.path("namespaced").asBoolean(false));
            into.add(new Resource(type, resource.path("verbs").valueStream()
                    .map(verb -> verb.asString(""))
                    .collect(Collectors.toUnmodifiableSet())));
        }
    }
}
