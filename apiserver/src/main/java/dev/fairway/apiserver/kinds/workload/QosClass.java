package dev.fairway.apiserver.kinds.workload;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** A Pod's quality of service; the names are those of the API. */
enum QosClass {
    Guaranteed,
    Burstable,
    BestEffort;

    /** The class that a spec's requests and limits of CPU and memory give. */
    static QosClass of(JsonNode spec) {
        boolean any = false;
        boolean guaranteed = true;
        for (JsonNode container : (Iterable<JsonNode>) PodDefaults.containers(spec).map(JsonNode.class::cast)::iterator) {
            for (String resource : List.of("cpu", "memory")) {
                JsonNode request = container.path("resources").path("requests").path(resource);
                JsonNode limit = container.path("resources").path("limits").path(resource);
                any |= !request.isMissingNode() || !limit.isMissingNode();
                guaranteed &= !limit.isMissingNode() && (request.isMissingNode() || request.equals(limit));
            }
        }
        return !any ? BestEffort : guaranteed ? Guaranteed : Burstable;
    }
}
