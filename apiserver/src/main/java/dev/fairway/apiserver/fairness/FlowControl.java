package dev.fairway.apiserver.fairness;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.fairness.Flow.Level;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/** Lets requests in, so many at a time and fairly; metrics are those of API priority and fairness. */
public final class FlowControl {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
    private static final int QUEUE_PER_FLOW = 200;
    private static final int QUEUE_PER_LEVEL = 2_000;
    private static final double[] SECONDS = {0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30};

    /** The right to run, until it is closed. */
    public final class Seat implements AutoCloseable {
        private final Level level;
        private final long waited;
        private final long start = System.nanoTime();

        private Seat(Level level, long waited) {
            this.level = level;
            this.waited = waited;
            dispatched.labelValues(level.label(), level.label()).inc();
        }

        /** How long its request stood in the queue, in nanoseconds. */
        public long waited() {
            return waited;
        }

        @Override
        public void close() {
            runs.labelValues(level.label(), level.label(), "regular").observe((System.nanoTime() - start) / 1e9);
            if (level != Level.EXEMPT) {
                levels.get(level).giveBack();
            }
        }
    }

    private final Map<Level, Turns> levels = new EnumMap<>(Level.class);
    private final Counter dispatched;
    private final Counter rejected;
    private final Histogram waits;
    private final Histogram runs;

    public FlowControl(PrometheusRegistry registry) {
        for (Level level : Level.values()) {
            if (level != Level.EXEMPT) {
                levels.put(level, new Turns(level.seats(), QUEUE_PER_FLOW, QUEUE_PER_LEVEL));
            }
        }
        dispatched = Counter.builder().name("apiserver_flowcontrol_dispatched_requests_total")
                .help("Requests that were let in.").labelNames("flow_schema", "priority_level").register(registry);
        rejected = Counter.builder().name("apiserver_flowcontrol_rejected_requests_total")
                .help("Requests that were turned away.").labelNames("flow_schema", "priority_level", "reason").register(registry);
        waits = Histogram.builder().name("apiserver_flowcontrol_request_wait_duration_seconds")
                .help("Time that requests waited to be let in.").labelNames("execute", "flow_schema", "priority_level")
                .classicOnly().classicUpperBounds(SECONDS).register(registry);
        runs = Histogram.builder().name("apiserver_flowcontrol_request_execution_seconds")
                .help("Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API Priority and Fairness subsystem")
                .labelNames("flow_schema", "priority_level", "type").classicOnly().classicUpperBounds(SECONDS).register(registry);
        perFlow(registry, "apiserver_flowcontrol_current_executing_requests", "Requests that run.", Turns::taken);
        // Every request takes one seat.
        perFlow(registry, "apiserver_flowcontrol_current_executing_seats", "Seats that are taken.", Turns::taken);
        perFlow(registry, "apiserver_flowcontrol_current_inqueue_requests", "Requests that wait.", Turns::waiting);
        perLevel(registry, "apiserver_flowcontrol_nominal_limit_seats", "Nominal number of execution seats configured for each priority level");
        perLevel(registry, "apiserver_flowcontrol_current_limit_seats", "current derived number of execution seats available to each priority level");
    }

    private void perFlow(PrometheusRegistry registry, String name, String help, ToIntFunction<Turns> figure) {
        GaugeWithCallback.builder().name(name).help(help).labelNames("flow_schema", "priority_level")
                .callback(gauge -> levels.forEach((level, turns) ->
                        gauge.call(figure.applyAsInt(turns), level.label(), level.label())))
                .register(registry);
    }

    private void perLevel(PrometheusRegistry registry, String name, String help) {
        GaugeWithCallback.builder().name(name).help(help).labelNames("priority_level")
                .callback(gauge -> levels.keySet().forEach(level -> gauge.call(level.seats(), level.label())))
                .register(registry);
    }

    /**
     * Waits for a seat.
     *
     * @throws dev.fairway.apiserver.errors.StatusException 429 when too many wait already, or none became free in time
     */
    public Seat enter(Flow flow) {
        Turns turns = levels.get(flow.level());
        if (turns == null) {
            return new Seat(Level.EXEMPT, 0);
        }
        String label = flow.level().label();
        long start = System.nanoTime();
        Turns.Outcome outcome;
        try {
            outcome = turns.take(flow.key(), LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Errors.unavailable("the server is stopping");
        }
        boolean seated = outcome == Turns.Outcome.SEATED;
        long waited = System.nanoTime() - start;
        waits.labelValues(Boolean.toString(seated), label, label).observe(waited / 1e9);
        return switch (outcome) {
            case SEATED -> new Seat(flow.level(), waited);
            case QUEUE_FULL -> throw refused(label, "queue-full");
            case TIME_OUT -> throw refused(label, "time-out");
        };
    }

    private RuntimeException refused(String label, String reason) {
        rejected.labelValues(label, label, reason).inc();
        return Errors.tooManyRequests("too many requests, please try again later", 1);
    }
}
