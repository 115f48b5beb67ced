package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;
import dev.fairway.node.probe.Probe;
import dev.fairway.node.probe.Prober;
import dev.fairway.node.runtime.ContainerSpec;
import dev.fairway.node.runtime.RunningContainer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Runs the lifecycle hooks of containers ({@code v1.LifecycleHandler}). */
final class Hooks {
    /** A postStart hook has no time limit of its own. */
    private static final Duration NO_LIMIT = Duration.ofHours(1);

    private final NodeServices node;

    Hooks(NodeServices node) {
        this.node = node;
    }

    /**
     * Runs a hook in the background.
     *
     * @param then hears how it went: what was wrong, empty for a success
     */
    void run(KubeObject pod, Container container, JsonNode hook, ContainerSpec spec, RunningContainer running, Consumer<String> then) {
        Thread.ofVirtual().name("hook-" + pod.key() + "/" + container.name()).start(() -> {
            try {
                then.accept(await(hook, spec, running, NO_LIMIT));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /**
     * Runs a hook and waits for it, at most for {@code limit}.
     *
     * @return what was wrong, empty for a success
     */
    String await(JsonNode hook, ContainerSpec spec, RunningContainer running, Duration limit) throws InterruptedException {
        if (hook.hasNonNull("sleep")) {
            Duration wished = Duration.ofSeconds(hook.path("sleep").path("seconds").asLong(0));
            Thread.sleep(wished.compareTo(limit) < 0 ? wished : limit);
            return "";
        }
        Optional<Probe> once = Probe.of(hook).map(probe -> probe.withTimeout(limit));
        if (once.isEmpty()) {
            return "";
        }
        Prober.Answer answer = node.prober().ask(once.get(), spec, running);
        return answer.good() ? "" : answer.message();
    }
}
