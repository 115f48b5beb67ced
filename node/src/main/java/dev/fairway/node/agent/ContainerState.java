package dev.fairway.node.agent;

import dev.fairway.kube.Json;
import dev.fairway.kube.Times;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/** {@code v1.ContainerState}: exactly one of its three. */
sealed interface ContainerState {
    ObjectNode json();

    record Waiting(String reason, String message) implements ContainerState {
        @Override
        public ObjectNode json() {
            ObjectNode state = Json.object();
            ObjectNode waiting = state.putObject("waiting").put("reason", reason);
            if (!message.isEmpty()) {
                waiting.put("message", message);
            }
            return state;
        }
    }

    record Running(Instant startedAt) implements ContainerState {
        @Override
        public ObjectNode json() {
            ObjectNode state = Json.object();
            state.putObject("running").put("startedAt", Times.format(startedAt));
            return state;
        }
    }

    record Terminated(int exitCode, String reason, String message, Instant startedAt, Instant finishedAt, String containerId)
            implements ContainerState {
        @Override
        public ObjectNode json() {
            ObjectNode state = Json.object();
            ObjectNode terminated = state.putObject("terminated")
                    .put("exitCode", exitCode)
                    .put("reason", reason)
                    .put("startedAt", Times.format(startedAt))
                    .put("finishedAt", Times.format(finishedAt))
                    .put("containerID", containerId);
            if (!message.isEmpty()) {
                terminated.put("message", message);
            }
            return state;
        }
    }
}
