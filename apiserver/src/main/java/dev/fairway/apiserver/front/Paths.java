package dev.fairway.apiserver.front;

import dev.fairway.apiserver.registry.ResourceTable;
import dev.fairway.kube.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /}: the list of paths. */
final class Paths {
    private Paths() {
    }

    static ObjectNode index(ResourceTable table, List<String> health) {
        List<String> paths = new ArrayList<>(List.of("/.well-known/openid-configuration", "/api", "/api/v1", "/apis", "/metrics",
                "/openapi/v2", "/openapi/v3", "/openid/v1/jwks", "/version"));
        paths.addAll(health);
        for (String group : table.groups()) {
            if (!group.isEmpty()) {
                paths.add("/apis/" + group);
                table.versions(group).forEach(version -> paths.add("/apis/" + group + "/" + version));
            }
        }
        ObjectNode index = Json.object();
        ArrayNode list = index.putArray("paths");
        paths.stream().sorted().forEach(list::add);
        return index;
    }
}
