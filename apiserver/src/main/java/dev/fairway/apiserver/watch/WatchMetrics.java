package dev.fairway.apiserver.watch;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.stream.DoubleStream;

/** The {@code apiserver_watch_*} metrics: what was sent to watchers, and which watchers were too slow. */
public final class WatchMetrics {
    /** 1 KiB, growing twofold to 128 KiB. */
    private static final double[] BYTES = DoubleStream.iterate(1024, bound -> bound * 2).limit(8).toArray();
    private static final String[] LABELS = {"group", "resource", "version"};

    private final Counter events = Counter.builder().name("apiserver_watch_events_total")
            .help("Number of events sent in watch clients").labelNames(LABELS).build();
    private final Histogram sizes = Histogram.builder().name("apiserver_watch_events_sizes")
            .help("Watch event size distribution in bytes").labelNames(LABELS).classicOnly().classicUpperBounds(BYTES).build();
    private final Counter terminated = Counter.builder().name("apiserver_terminated_watchers_total")
            .help("Counter of watchers closed due to unresponsiveness broken by resource type.")
            .labelNames("group", "resource").build();

    /** The counters of the events of one kind in one version. */
    public static final class Sent {
        private final CounterDataPoint events;
        private final DistributionDataPoint sizes;

        private Sent(CounterDataPoint events, DistributionDataPoint sizes) {
            this.events = events;
            this.sizes = sizes;
        }

        /** Counts an event of so many bytes. */
        public void event(int bytes) {
            events.inc();
            sizes.observe(bytes);
        }
    }

    /** Adds them to what the server tells of itself. */
    public void register(PrometheusRegistry registry) {
        registry.register(events);
        registry.register(sizes);
        registry.register(terminated);
    }

    /** Where to count the events of a watch. */
    public Sent of(String group, String version, String resource) {
        return new Sent(events.labelValues(group, resource, version), sizes.labelValues(group, resource, version));
    }

    void tooSlow(String group, String resource) {
        terminated.labelValues(group, resource).inc();
    }
}
