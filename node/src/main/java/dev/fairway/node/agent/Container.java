package dev.fairway.node.agent;

import dev.fairway.kube.Times;
import dev.fairway.node.probe.ProbeRun;
import dev.fairway.node.runtime.ContainerLog;
import dev.fairway.node.runtime.ContainerSpec;
import dev.fairway.node.runtime.RunningContainer;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** One container of a Pod over all its restarts. Confined to its Pod's worker, but for the logs. */
final class Container {
    /** When a container runs. */
    enum Kind {
        /** To its end, before those after it start. */
        INIT,
        /** An init container with restartPolicy Always: from its turn on, for as long as the Pod lives. */
        SIDECAR,
        /** After all init containers. */
        MAIN
    }

    /** As much of the log as kubelet takes for a termination message. */
    private static final int MESSAGE_LINES = 80;
    private static final int MESSAGE_CHARACTERS = 2048;

    final Kind kind;
    final Map<Signal.ProbeKind, ProbeRun> probes = new EnumMap<>(Signal.ProbeKind.class);
    final CrashLoop crashLoop = new CrashLoop();
    JsonNode spec;
    ContainerState state;
    Optional<ContainerState.Terminated> last = Optional.empty();
    Optional<RunningContainer> running = Optional.empty();
    /** As it was when it last started. */
    Optional<ContainerSpec> runtimeSpec = Optional.empty();
    String id = "";
    boolean ready;
    boolean started;
    /** Why this agent stops it; empty when it ends by itself. */
    String killReason = "";
    private int starts;
    private final int restartsBefore;
    private volatile ContainerLog log;
    private volatile ContainerLog previousLog;

    /**
     * A container that waits.
     *
     * @param statuses the Pod's container statuses as an earlier agent left them: what it ran is gone, is started
     *     again, and that counts
     */
    Container(JsonNode spec, Kind kind, JsonNode statuses, ContainerState.Waiting waiting) {
        this.spec = spec;
        this.kind = kind;
        this.state = waiting;
        Optional<JsonNode> before = statuses.valueStream().filter(each -> each.path("name").equals(spec.path("name"))).findFirst();
        boolean ran = before.isPresent() && before.get().hasNonNull("containerID");
        this.restartsBefore = before.map(each -> each.path("restartCount").asInt(0)).orElse(0) + (ran ? 1 : 0);
        if (ran) {
            Instant started = Times.parse(before.get().at("/state/running/startedAt").asString("")).orElseGet(Instant::now);
            last = Optional.of(new ContainerState.Terminated(
                    255, "Unknown", "", started, Instant.now(), before.get().path("containerID").asString("")));
        }
    }

    String name() {
        return spec.path("name").asString("");
    }

    String image() {
        return spec.path("image").asString("");
    }

    /** As an Event's {@code involvedObject.fieldPath} names it. */
    String fieldPath() {
        return "spec." + (kind == Kind.MAIN ? "containers" : "initContainers") + "{" + name() + "}";
    }

    boolean succeeded() {
        return state instanceof ContainerState.Terminated ended && ended.exitCode() == 0;
    }

    boolean ended() {
        return state instanceof ContainerState.Terminated;
    }

    /** Whether it has ended and will not start again, by the Pod's restart policy and its own. */
    boolean endedForGood(String podPolicy) {
        return state instanceof ContainerState.Terminated ended && switch (kind) {
            case SIDECAR -> false;
            case INIT -> ended.exitCode() == 0 || podPolicy.equals("Never");
            case MAIN -> podPolicy.equals("Never") || podPolicy.equals("OnFailure") && ended.exitCode() == 0;
        };
    }

    /** Whether those after it in line may start. */
    boolean pastItsTurn() {
        return switch (kind) {
            case INIT -> succeeded();
            case SIDECAR -> started;
            case MAIN -> true;
        };
    }

    /** Whether this very start of it is the one that runs. */
    boolean runs(RunningContainer which) {
        return running.filter(which::equals).isPresent();
    }

    int restarts() {
        return restartsBefore + Math.max(0, starts - 1);
    }

    boolean everStarted() {
        return starts > 0;
    }

    Optional<ContainerLog> log(boolean previous) {
        return Optional.ofNullable(previous ? previousLog : log);
    }

    void begin(RunningContainer container, ContainerSpec how, String containerId, Instant at) {
        starts++;
        runtimeSpec = Optional.of(how);
        running = Optional.of(container);
        id = containerId;
        previousLog = log;
        log = container.log();
        state = new ContainerState.Running(at);
        killReason = "";
    }

    /** It could not even be started. */
    void failToStart(String containerId, String message, Instant at) {
        starts++;
        id = containerId;
        crashLoop.ended(at, at);
        state = new ContainerState.Terminated(128, "StartError", message, at, at, id);
    }

    /** Takes note of its end, and of when it may start again. */
    void end(int exitCode, Instant at) {
        probes.values().forEach(ProbeRun::close);
        probes.clear();
        running = Optional.empty();
        ready = false;
        started = false;
        Instant since = state instanceof ContainerState.Running run ? run.startedAt() : at;
        String message = exitCode != 0 && spec.path("terminationMessagePolicy").asString("").equals("FallbackToLogsOnError")
                ? log.tail(MESSAGE_LINES, MESSAGE_CHARACTERS) : "";
        state = new ContainerState.Terminated(exitCode, exitCode == 0 ? "Completed" : "Error", message, since, at, id);
        crashLoop.ended(since, at);
    }

    /** It is to run again: what has ended becomes its last state. */
    void again(ContainerState waiting) {
        if (state instanceof ContainerState.Terminated ended) {
            last = Optional.of(ended);
        }
        state = waiting;
    }
}
