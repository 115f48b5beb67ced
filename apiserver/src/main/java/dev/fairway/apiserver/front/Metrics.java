package dev.fairway.apiserver.front;

import dev.fairway.apiserver.encode.Simple;
import dev.fairway.apiserver.request.RequestInfo;
import dev.fairway.apiserver.request.Response;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;

/** The {@code apiserver_request_*} metrics under the names, labels and buckets of kube-apiserver. */
public final class Metrics {
    private static final double[] SECONDS = {0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2, 3, 4, 5, 6,
        8, 10, 15, 20, 30, 45, 60};
    private static final double[] BYTES = {1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

    private static final Set<String> VERBS = Set.of("CREATE", "DELETE", "DELETECOLLECTION", "GET", "LIST", "PATCH",
            "UPDATE", "WATCH", "POST", "PUT", "HEAD");

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter requests = Counter.builder().name("apiserver_request_total")
            .help("Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.")
            .labelNames("code", "component", "dry_run", "group", "resource", "scope", "subresource", "verb", "version")
            .register(registry);
    private final Histogram durations = Histogram.builder().name("apiserver_request_duration_seconds")
            .help("Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.")
            .labelNames("component", "dry_run", "group", "resource", "scope", "subresource", "verb", "version")
            .classicOnly().classicUpperBounds(SECONDS).register(registry);
    private final Histogram sizes = Histogram.builder().name("apiserver_response_sizes")
            .help("Response size distribution in bytes for each group, version, verb, resource, subresource, scope and component.")
            .labelNames("component", "group", "resource", "scope", "subresource", "verb", "version")
            .classicOnly().classicUpperBounds(BYTES).register(registry);
    private final Gauge inflight = Gauge.builder().name("apiserver_current_inflight_requests")
            .help("Maximal number of currently used inflight request limit of this apiserver per request kind in last second.")
            .labelNames("request_kind").register(registry);
    private final Gauge longRunning = Gauge.builder().name("apiserver_longrunning_requests")
            .help("Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component.")
            .labelNames("component", "group", "resource", "scope", "subresource", "verb", "version").register(registry);

    /** A registry for further metrics of the server. */
    public PrometheusRegistry registry() {
        return registry;
    }

    void begin(RequestInfo info) {
        inflight.labelValues(kind(info)).inc();
    }

    void end(RequestInfo info, Response response, long nanos) {
        inflight.labelValues(kind(info)).dec();
        String verb = verb(info);
        String code = Integer.toString(response.status());
        requests.labelValues(code, "apiserver", "", info.group(), info.resource(), scope(info), info.subresource(), verb,
                info.version()).inc();
        switch (response) {
            case Response.Whole whole -> {
                durations.labelValues("apiserver", "", info.group(), info.resource(), scope(info), info.subresource(),
                        verb, info.version()).observe(nanos / 1e9);
                sizes.labelValues("apiserver", info.group(), info.resource(), scope(info), info.subresource(), verb,
                        info.version()).observe(whole.length());
            }
            case Response.Streaming ignored -> {
                // counted while it runs
            }
        }
    }

    /** Counts a long-running request until the returned action runs. */
    public Runnable running(RequestInfo info) {
        var gauge = longRunning.labelValues("apiserver", info.group(), info.resource(), scope(info), info.subresource(),
                verb(info), info.version());
        gauge.inc();
        return gauge::dec;
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

    private static String kind(RequestInfo info) {
        return switch (info.verb()) {
            case "get", "list", "watch" -> "readOnly";
            default -> "mutating";
        };
    }

    private static String verb(RequestInfo info) {
        String verb = info.verb().toUpperCase(Locale.ROOT);
        return VERBS.contains(verb) ? verb : "OTHER";
    }

    private static String scope(RequestInfo info) {
        if (!info.isResource()) {
            return "";
        }
        if (!info.name().isEmpty()) {
            return "resource";
        }
        return info.namespace().isEmpty() ? "cluster" : "namespace";
    }
}
