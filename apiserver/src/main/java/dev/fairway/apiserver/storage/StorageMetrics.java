package dev.fairway.apiserver.storage;

import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.store.KeyExistsException;
import dev.fairway.store.RevisionConflictException;
import dev.fairway.store.StoreException;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Supplier;

/** The {@code etcd_*} metrics of kube-apiserver: what the store was asked for, and how long it took, be it etcd or not. */
public final class StorageMetrics {
    private static final double[] SECONDS = {0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2, 3, 4, 5, 6,
        8, 10, 15, 20, 30, 45, 60};
    private static final String[] LABELS = {"group", "operation", "resource"};

    private final Counter requests = Counter.builder().name("etcd_requests_total")
            .help("Etcd request counts for each operation and object type.").labelNames(LABELS).build();
    private final Counter errors = Counter.builder().name("etcd_request_errors_total")
            .help("Etcd failed request counts for each operation and object type.").labelNames(LABELS).build();
    private final Histogram seconds = Histogram.builder().name("etcd_request_duration_seconds")
            .help("Etcd request latency in seconds for each operation and object type.").labelNames(LABELS)
            .classicOnly().classicUpperBounds(SECONDS).build();

    /** Adds them to what the server tells of itself. */
    public void register(PrometheusRegistry registry) {
        registry.register(requests);
        registry.register(errors);
        registry.register(seconds);
    }

    <T> T timed(String operation, ResourceDefinition resource, Supplier<T> call) {
        String[] labels = {resource.group(), operation, resource.plural()};
        long start = System.nanoTime();
        try {
            return call.get();
        } catch (KeyExistsException | RevisionConflictException e) {
            // An answer like another.
            throw e;
        } catch (StoreException e) {
            errors.labelValues(labels).inc();
            throw e;
        } finally {
            requests.labelValues(labels).inc();
            seconds.labelValues(labels).observe((System.nanoTime() - start) / 1e9);
        }
    }
}
