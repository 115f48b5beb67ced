package dev.fairway.kube.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * The {@code workqueue_*} metrics of one queue, as client-go has them. They are the process's, not a server's: queues of
 * one name count together. Called under the lock of its queue.
 *
 * @param <K> the queue's keys
 */
public final class QueueMetrics<K> {
    /** 10 ns, growing tenfold to 10 s. */
    private static final double[] SECONDS = DoubleStream.iterate(1e-8, bound -> bound * 10).limit(10).toArray();

    private static final Counter ADDS = Counter.builder().name("workqueue_adds_total")
            .help("Total number of adds handled by workqueue").labelNames("name").build();
    private static final Gauge DEPTH = Gauge.builder().name("workqueue_depth")
            .help("Current depth of workqueue").labelNames("name").build();
    private static final Histogram WAITED = histogram("workqueue_queue_duration_seconds",
            "How long in seconds an item stays in workqueue before being requested.");
    private static final Histogram WORKED = histogram("workqueue_work_duration_seconds",
            "How long in seconds processing an item from workqueue takes.");
    private static final Counter RETRIES = Counter.builder().name("workqueue_retries_total")
            .help("Total number of retries handled by workqueue").labelNames("name").build();

    private final CounterDataPoint adds;
    private final GaugeDataPoint depth;
    private final DistributionDataPoint waited;
    private final DistributionDataPoint worked;
    private final CounterDataPoint retries;
    private final Map<K, Long> addedAt = new HashMap<>();
    private final Map<K, Long> takenAt = new HashMap<>();

    public QueueMetrics(String name) {
        adds = ADDS.labelValues(name);
        depth = DEPTH.labelValues(name);
        waited = WAITED.labelValues(name);
        worked = WORKED.labelValues(name);
        retries = RETRIES.labelValues(name);
    }

    private static Histogram histogram(String name, String help) {
        return Histogram.builder().name(name).help(help).labelNames("name").classicOnly().classicUpperBounds(SECONDS).build();
    }

    /** Adds those of all queues to what a server tells of itself. */
    public static void register(PrometheusRegistry registry) {
        registry.register(ADDS);
        registry.register(DEPTH);
        registry.register(WAITED);
        registry.register(WORKED);
        registry.register(RETRIES);
    }

    /** A key waits that did not wait before. */
    public void added(K key) {
        adds.inc();
        depth.inc();
        addedAt.put(key, System.nanoTime());
    }

    /** A waiting key is worked on from now. */
    public void taken(K key) {
        long now = System.nanoTime();
        depth.dec();
        waited.observe((now - addedAt.remove(key)) / 1e9);
        takenAt.put(key, now);
    }

    /** The work on a key is done. */
    public void done(K key) {
        worked.observe((System.nanoTime() - takenAt.remove(key)) / 1e9);
    }

    /** A key will come back because its work failed. */
    public void retried() {
        retries.inc();
    }

    /** Nobody takes what still waits. */
    public void closed() {
        depth.dec(addedAt.size());
        addedAt.clear();
    }
}
