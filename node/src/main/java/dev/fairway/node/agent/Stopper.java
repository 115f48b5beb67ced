package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;
import dev.fairway.node.runtime.ContainerSpec;
import dev.fairway.node.runtime.RunningContainer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Stops containers: the preStop hook, then the runtime's stop, both within the grace period. */
final class Stopper {
    /** What a container gets when its hook has used up the whole period; kubelet's own value. */
    private static final Duration LEAST = Duration.ofSeconds(2);

    private final NodeServices node;
    private final Hooks hooks;
    private final Probing probing;

    Stopper(NodeServices node, Hooks hooks, Probing probing) {
        this.node = node;
        this.hooks = hooks;
        this.probing = probing;
    }

    /**
     * Stops a container that runs; one that does not is left as it is. Returns at once.
     *
     * @param message of the Event that says so
     */
    void stop(KubeObject pod, Container container, String message, Duration grace) {
        Optional<RunningContainer> running = container.running;
        if (running.isEmpty()) {
            return;
        }
        container.killReason = message;
        node.normal(pod, container, "Killing", message);
        probing.stopping(container);
        JsonNode hook = container.spec.path("lifecycle").path("preStop");
        Optional<ContainerSpec> spec = container.runtimeSpec;
        if (hook.isMissingNode() || !grace.isPositive() || spec.isEmpty()) {
            running.get().stop(grace);
        } else {
            Thread.ofVirtual().name("prestop-" + pod.key()).start(() -> afterHook(pod, container, hook, spec.get(), running.get(), grace));
        }
    }

    private void afterHook(
            KubeObject pod, Container container, JsonNode hook, ContainerSpec spec, RunningContainer running, Duration grace) {
        Instant begun = Instant.now();
        try {
            if (!hooks.await(hook, spec, running, grace).isEmpty()) {
                // Kubelet keeps the hook's words to itself: they may hold secrets.
                node.warning(pod, container, "FailedPreStopHook", "PreStopHook failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Duration left = grace.minus(Duration.between(begun, Instant.now()));
            running.stop(left.compareTo(LEAST) < 0 ? LEAST : left);
        }
    }
}
