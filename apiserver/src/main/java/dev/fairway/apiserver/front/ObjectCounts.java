package dev.fairway.apiserver.front;

import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.registry.ResourceTable;
import dev.fairway.store.Store;
import dev.fairway.store.StoreException;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * How many objects of each kind there are. They are counted when somebody wants to know; a store that does not answer
 * holds nobody up for long, the figure is -1 then.
 */
final class ObjectCounts {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final ResourceTable table;
    private final Store store;
    private CompletableFuture<Map<ResourceDefinition, Long>> counting = CompletableFuture.completedFuture(Map.of());

    private ObjectCounts(ResourceTable table, Store store) {
        this.table = table;
        this.store = store;
    }

    static void register(PrometheusRegistry registry, ResourceTable table, Store store) {
        ObjectCounts counts = new ObjectCounts(table, store);
        GaugeWithCallback.builder().name("apiserver_resource_objects")
                .help("Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.")
                .labelNames("group", "resource")
                .callback(gauge -> counts.all().forEach((row, count) -> gauge.call(count, row.group(), row.plural())))
                .register(registry);
        GaugeWithCallback.builder().name("apiserver_storage_objects")
                .help("[DEPRECATED, consider using apiserver_resource_objects instead] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.")
                .labelNames("resource")
                .callback(gauge -> counts.all().forEach((row, count) -> gauge.call(count, row.qualifiedName())))
                .register(registry);
    }

    private Map<ResourceDefinition, Long> all() {
        return count().completeOnTimeout(Map.of(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(this::withMissing).join();
    }

    /** At most one count runs at a time. */
    private synchronized CompletableFuture<Map<ResourceDefinition, Long>> count() {
        if (counting.isDone()) {
            counting = new CompletableFuture<>();
            CompletableFuture<Map<ResourceDefinition, Long>> result = counting;
            Thread.ofVirtual().name("object-counts").start(() -> result.complete(counted()));
        }
        return counting.copy();
    }

    private Map<ResourceDefinition, Long> counted() {
        Map<ResourceDefinition, Long> counts = new LinkedHashMap<>();
        try {
            for (ResourceDefinition row : table.all()) {
                counts.put(row, store.count(row.keyPrefix()));
            }
        } catch (StoreException e) {
            System.getLogger(ObjectCounts.class.getName()).log(System.Logger.Level.DEBUG, "objects cannot be counted", e);
        }
        return counts;
    }

    private Map<ResourceDefinition, Long> withMissing(Map<ResourceDefinition, Long> counts) {
        Map<ResourceDefinition, Long> all = new LinkedHashMap<>();
        table.all().forEach(row -> all.put(row, counts.getOrDefault(row, -1L)));
        return all;
    }
}
