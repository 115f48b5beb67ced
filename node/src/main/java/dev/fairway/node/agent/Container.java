package dev.fairway.node.agent;

import dev.fairway.node.probe.ProbeRun;
import dev.fairway.node.runtime.ContainerLog;
import dev.fairway.node.runtime.RunningContainer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** One container of a Pod over all its restarts. Confined to its Pod's worker, but for the logs. */
final class Container {
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(10);
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(5);
    private static final Duration HEALTHY = Duration.ofMinutes(10);
    private static final int MAX_DOUBLINGS = 5;

    final JsonNode spec;
    final boolean init;
    final List<ProbeRun> probes = new ArrayList<>();
    ContainerState state = new ContainerState.Waiting("ContainerCreating", "");
    Optional<ContainerState.Terminated> last = Optional.empty();
    Optional<RunningContainer> running = Optional.empty();
    String id = "";
    String lastId = "";
    int restarts;
    boolean ready;
    boolean started;
    /** Why this agent stops it; empty when it ends by itself. */
    String killReason = "";
    Instant notBefore = Instant.EPOCH;
    private int failures;
    private volatile ContainerLog log;
    private volatile ContainerLog previousLog;

    Container(JsonNode spec, boolean init, int restarts) {
        this.spec = spec;
        this.init = init;
        this.restarts = restarts;
        if (init) {
            state = new ContainerState.Waiting("PodInitializing", "");
        }
    }

    String name() {
        return spec.path("name").asString("");
    }

    String image() {
        return spec.path("image").asString("");
    }

    boolean succeeded() {
        return state instanceof ContainerState.Terminated ended && ended.exitCode() == 0;
    }

    boolean ended() {
        return state instanceof ContainerState.Terminated;
    }

    Optional<ContainerLog> log(boolean previous) {
        return Optional.ofNullable(previous ? previousLog : log);
    }

    void begin(RunningContainer container, String containerId, Instant at) {
        running = Optional.of(container);
        lastId = id;
        id = containerId;
        previousLog = log;
        log = container.log();
        state = new ContainerState.Running(at);
        killReason = "";
    }

    /** Takes note of its end, and of when it may start again. */
    void end(int exitCode, Instant at) {
        probes.forEach(ProbeRun::close);
        probes.clear();
        running = Optional.empty();
        ready = false;
        started = false;
        Instant since = state instanceof ContainerState.Running run ? run.startedAt() : at;
        String reason = exitCode == 0 ? "Completed" : "Error";
        state = new ContainerState.Terminated(exitCode, reason, "", since, at);
        failures = Duration.between(since, at).compareTo(HEALTHY) > 0 ? 0 : failures + 1;
        // The first restart is at once; each later one waits twice as long as the one before.
        notBefore = failures <= 1 ? at : at.plus(backoff());
    }

    Duration backoff() {
        Duration delay = FIRST_BACKOFF.multipliedBy(1L << Math.clamp(failures - 2L, 0, MAX_DOUBLINGS));
        return delay.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : delay;
    }

    /** It is to run again: what has ended becomes its last state. */
    void again(ContainerState waiting) {
        if (state instanceof ContainerState.Terminated ended) {
            last = Optional.of(ended);
        }
        state = waiting;
    }
}
