package dev.fairway.apiserver.front;

import dev.fairway.apiserver.request.Response;
import dev.fairway.kube.metrics.BuildInfo;
import dev.fairway.kube.metrics.ProcessMetrics;
import dev.fairway.kube.metrics.QueueMetrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * {@code /metrics}. The {@code apiserver_request_*} metrics have names, labels and buckets of kube-apiserver, and count
 * what it counts.
 */
public final class Metrics {
    private static final double[] SECONDS = {0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2, 3, 4, 5, 6,
        8, 10, 15, 20, 30, 45, 60};
    private static final double[] SLI_SECONDS = {0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15,
        20, 30, 45, 60};
    private static final double[] BYTES = {1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    private static final int TOO_MANY_REQUESTS = 429;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter requests = Counter.builder().name("apiserver_request_total")
            .help("Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.")
            .labelNames("code", "component", "dry_run", "group", "resource", "scope", "subresource", "verb", "version")
            .register(registry);
    private final Histogram durations = Histogram.builder().name("apiserver_request_duration_seconds")
            .help("Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.")
            .labelNames("component", "dry_run", "group", "resource", "scope", "subresource", "verb", "version")
            .classicOnly().classicUpperBounds(SECONDS).register(registry);
    private final Histogram sli = histogram("apiserver_request_sli_duration_seconds", SLI_SECONDS,
            "Response latency distribution (not counting webhook duration and priority & fairness queue wait times) in seconds for each verb, group, version, resource, subresource, scope and component.");
    private final Histogram sizes = histogram("apiserver_response_sizes", BYTES,
            "Response size distribution in bytes for each group, version, verb, resource, subresource, scope and component.");
    private final Counter terminations = Counter.builder().name("apiserver_request_terminations_total")
            .help("Number of requests which apiserver terminated in self-defense.")
            .labelNames("code", "component", "group", "resource", "scope", "subresource", "verb", "version").register(registry);
    private final Gauge inflight = Gauge.builder().name("apiserver_current_inflight_requests")
            .help("Number of requests that run or wait to, per request kind.").labelNames("request_kind").register(registry);
    private final Gauge longRunning = Gauge.builder().name("apiserver_longrunning_requests")
            .help("Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component.")
            .labelNames("component", "group", "resource", "scope", "subresource", "verb", "version").register(registry);

    public Metrics() {
        inflight.labelValues("readOnly").set(0);
        inflight.labelValues("mutating").set(0);
        BuildInfo.register(registry);
        ProcessMetrics.register(registry);
        QueueMetrics.register(registry);
    }

    private Histogram histogram(String name, double[] bounds, String help) {
        return Histogram.builder().name(name).help(help)
                .labelNames("component", "group", "resource", "scope", "subresource", "verb", "version")
                .classicOnly().classicUpperBounds(bounds).register(registry);
    }

    /** A registry for further metrics of the server. */
    public PrometheusRegistry registry() {
        return registry;
    }

    void begin(RequestLabels labels) {
        inflight.labelValues(kind(labels)).inc();
    }

    /**
     * Counts an answer.
     *
     * @param nanos  from the request to the answer
     * @param waited how long of that the request stood in a queue
     */
    void end(RequestLabels labels, Response response, long nanos, long waited) {
        inflight.labelValues(kind(labels)).dec();
        requests.labelValues(labels.requests(response.status())).inc();
        if (response.status() == TOO_MANY_REQUESTS) {
            terminations.labelValues(labels.plain(response.status())).inc();
        }
        switch (response) {
            case Response.Whole whole -> {
                durations.labelValues(labels.durations()).observe(nanos / 1e9);
                sli.labelValues(labels.plain()).observe((nanos - waited) / 1e9);
                if (labels.verb().equals("GET") || labels.verb().equals("LIST")) {
                    sizes.labelValues(labels.plain()).observe(whole.length());
                }
            }
            case Response.Streaming ignored -> {
                // Its duration is known when it ends, see running.
            }
        }
    }

    /** Counts a long-running request until the returned action runs. */
    Runnable running(RequestLabels labels) {
        var gauge = longRunning.labelValues(labels.plain());
        gauge.inc();
        long start = System.nanoTime();
        return () -> {
            gauge.dec();
            double seconds = (System.nanoTime() - start) / 1e9;
            durations.labelValues(labels.durations()).observe(seconds);
            sli.labelValues(labels.plain()).observe(seconds);
        };
    }

    Response answer() {
        var out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.builder().build().write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return new Response.Whole(200, "text/plain; version=0.0.4; charset=utf-8", out.toByteArray());
    }

    private static String kind(RequestLabels labels) {
        return labels.readOnly() ? "readOnly" : "mutating";
    }
}
