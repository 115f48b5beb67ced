package dev.fairway.apiserver.table;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A Pod in the four words of {@code kubectl get pods}.
 *
 * @param ready    how many containers are ready
 * @param total    how many there are, restartable init containers included
 * @param reason   the STATUS column
 * @param restarts how often containers were restarted
 * @param lastRestart when a container last ended to be restarted
 */
record PodStatus(int ready, int total, String reason, long restarts, Optional<Instant> lastRestart) {

    static PodStatus of(Row pod) {
        String phase = pod.text("status", "phase");
        Containers containers = new Containers(pod, pod.textOr(phase, "status", "reason"));
        for (Row condition : pod.each("status", "conditions")) {
            if (condition.text("type").equals("PodScheduled") && condition.text("reason").equals("SchedulingGated")) {
                containers.reason = "SchedulingGated";
            }
        }
        boolean initializing = containers.readInit();
        if (!initializing || hasTrueCondition(pod, "Initialized")) {
            containers.readMain();
        }
        String reason = containers.reason;
        if (pod.has("metadata", "deletionTimestamp")) {
            if (pod.text("status", "reason").equals("NodeLost")) {
                reason = "Unknown";
            } else if (!phase.equals("Succeeded") && !phase.equals("Failed")) {
                reason = "Terminating";
            }
        }
        return new PodStatus(containers.ready, containers.total, reason, containers.restarts, containers.lastRestart);
    }

    String readyCell() {
        return ready + "/" + total;
    }

    String restartsCell(Instant now) {
        return restarts == 0 || lastRestart.isEmpty()
                ? Long.toString(restarts)
                : restarts + " (" + HumanDuration.since(lastRestart, now) + " ago)";
    }

    /** How many of the Pod's readiness gates are open. */
    static String readinessGates(Row pod) {
        List<Row> gates = pod.each("spec", "readinessGates");
        if (gates.isEmpty()) {
            return Row.NONE;
        }
        long open = gates.stream().filter(gate -> hasTrueCondition(pod, gate.text("conditionType"))).count();
        return open + "/" + gates.size();
    }

    private static boolean hasTrueCondition(Row pod, String type) {
        return pod.each("status", "conditions").stream()
                .filter(condition -> condition.text("type").equals(type))
                .findFirst().filter(condition -> condition.text("status").equals("True")).isPresent();
    }

    /** What reading the container statuses, one after the other, adds up to. */
    private static final class Containers {
        private final Row pod;
        private final Set<String> restartable = new HashSet<>();
        private String reason;
        private int ready;
        private int total;
        private long restarts;
        private Optional<Instant> lastRestart = Optional.empty();
        private long sidecarRestarts;
        private Optional<Instant> lastSidecarRestart = Optional.empty();

        Containers(Row pod, String reason) {
            this.pod = pod;
            this.reason = reason;
            for (Row container : pod.each("spec", "initContainers")) {
                if (container.text("restartPolicy").equals("Always")) {
                    restartable.add(container.text("name"));
                }
            }
            total = pod.each("spec", "containers").size() + restartable.size();
        }

        /** True if the Pod has not come further than its init containers. */
        boolean readInit() {
            int position = 0;
            for (Row status : pod.each("status", "initContainerStatuses")) {
                boolean sidecar = restartable.contains(status.text("name"));
                restarts += status.number("restartCount");
                lastRestart = later(lastRestart, status);
                if (sidecar) {
                    sidecarRestarts += status.number("restartCount");
                    lastSidecarRestart = later(lastSidecarRestart, status);
                }
                boolean terminated = status.has("state", "terminated");
                if (terminated && status.number("state", "terminated", "exitCode") == 0) {
                    position++;
                    continue;
                }
                if (sidecar && status.at("started").asBoolean(false)) {
                    ready += status.at("ready").asBoolean(false) ? 1 : 0;
                    position++;
                    continue;
                }
                String waiting = status.text("state", "waiting", "reason");
                if (terminated) {
                    reason = "Init:" + ending(status);
                } else if (!waiting.isEmpty() && !waiting.equals("PodInitializing")) {
                    reason = "Init:" + waiting;
                } else {
                    reason = "Init:" + position + "/" + pod.each("spec", "initContainers").size();
                }
                return true;
            }
            return false;
        }

        /** The first container with something to tell gives the reason; so the last is read first. */
        void readMain() {
            restarts = sidecarRestarts;
            lastRestart = lastSidecarRestart;
            boolean running = false;
            for (Row status : pod.each("status", "containerStatuses").reversed()) {
                restarts += status.number("restartCount");
                lastRestart = later(lastRestart, status);
                String waiting = status.text("state", "waiting", "reason");
                if (!waiting.isEmpty()) {
                    reason = waiting;
                } else if (status.has("state", "terminated")) {
                    reason = ending(status);
                } else if (status.at("ready").asBoolean(false) && status.has("state", "running")) {
                    running = true;
                    ready++;
                }
            }
            if (reason.equals("Completed") && running) {
                reason = hasTrueCondition(pod, "Ready") ? "Running" : "NotReady";
            }
        }

        private static String ending(Row status) {
            String given = status.text("state", "terminated", "reason");
            if (!given.isEmpty()) {
                return given;
            }
            long signal = status.number("state", "terminated", "signal");
            return signal != 0 ? "Signal:" + signal : "ExitCode:" + status.number("state", "terminated", "exitCode");
        }

        private static Optional<Instant> later(Optional<Instant> so, Row status) {
            Optional<Instant> end = status.time("lastState", "terminated", "finishedAt");
            return end.isPresent() && (so.isEmpty() || so.get().isBefore(end.get())) ? end : so;
        }
    }
}
