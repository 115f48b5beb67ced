package dev.fairway.controllers.scheduler;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.Quantity;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Amounts of resources by name, in thousandths of the resource's unit (cores, bytes, pieces). */
record Resources(Map<String, Long> milli) {
    static final Resources NONE = new Resources(Map.of());
    static final String PODS = "pods";

    Resources {
        milli = Map.copyOf(milli);
    }

    long get(String name) {
        return milli.getOrDefault(name, 0L);
    }

    static Resources of(JsonNode quantities) {
        Map<String, Long> map = new HashMap<>();
        quantities.properties().forEach(entry ->
                map.put(entry.getKey(), Quantity.parse(entry.getValue().asString("0")).milli()));
        return new Resources(map);
    }

    Resources plus(Resources other) {
        Map<String, Long> sum = new HashMap<>(milli);
        other.milli.forEach((name, amount) -> sum.merge(name, amount, Long::sum));
        return new Resources(sum);
    }

    Resources minus(Resources other) {
        Map<String, Long> rest = new HashMap<>(milli);
        other.milli.forEach((name, amount) -> rest.merge(name, -amount, Long::sum));
        return new Resources(rest);
    }

    private Resources max(Resources other) {
        Map<String, Long> most = new HashMap<>(milli);
        other.milli.forEach((name, amount) -> most.merge(name, amount, Math::max));
        return new Resources(most);
    }

    /**
     * What a Pod needs: its containers together with its sidecars, or at least what any init container needs beside
     * the sidecars started before it, and the overhead of its runtime class.
     */
    static Resources requestedBy(KubeObject pod) {
        Resources running = NONE;
        for (JsonNode container : pod.at("/spec/containers")) {
            running = running.plus(requests(container));
        }
        Resources sidecars = NONE;
        Resources starting = NONE;
        for (JsonNode container : pod.at("/spec/initContainers")) {
            if (container.path("restartPolicy").asString("").equals("Always")) {
                sidecars = sidecars.plus(requests(container));
                starting = starting.max(sidecars);
            } else {
                starting = starting.max(sidecars.plus(requests(container)));
            }
        }
        Resources all = running.plus(sidecars).max(starting);
        // Requests of the Pod as a whole replace the sum, resource by resource.
        Map<String, Long> effective = new HashMap<>(all.milli);
        effective.putAll(of(pod.at("/spec/resources/requests")).milli);
        return new Resources(effective)
                .plus(of(pod.at("/spec/overhead")))
                .plus(new Resources(Map.of(PODS, 1_000L)));
    }

    private static Resources requests(JsonNode container) {
        return of(container.path("resources").path("requests"));
    }
}
