package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;
import dev.fairway.node.network.PodNetwork;
import dev.fairway.node.runtime.ContainerExit;
import dev.fairway.node.runtime.ContainerRuntime;
import dev.fairway.node.runtime.ContainerSpec;
import dev.fairway.node.runtime.RunningContainer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Starts the containers of one Pod; what comes of it returns as signals. */
final class Starter {
    private static final System.Logger LOG = System.getLogger(Starter.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(10);
    /** Where the ServiceAccount's token is mounted in every container that does not say otherwise. */
    private static final String ACCOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final NodeServices node;
    private final Probing probing;
    private final Hooks hooks;
    private final Consumer<Signal> tell;

    Starter(NodeServices node, Probing probing, Hooks hooks, Consumer<Signal> tell) {
        this.node = node;
        this.probing = probing;
        this.hooks = hooks;
        this.tell = tell;
    }

    /** Starts a container, or lets it wait with the reason why it does not start. */
    void start(KubeObject pod, Container container, PodNetwork place) {
        Optional<ContainerRuntime> runtime = node.runtimeFor(container.image());
        if (runtime.isEmpty()) {
            wait(pod, container, "RuntimeUnavailable", node.noRuntime(container.image()));
            container.crashLoop.postpone(Instant.now().plus(FOR_EVER));
            return;
        }
        Optional<String> unmountable = runtime.get().runsPrograms() && !runtime.get().mountsVolumes()
                ? unmountable(container) : Optional.empty();
        if (unmountable.isPresent()) {
            wait(pod, container, "CreateContainerConfigError", unmountable.get());
            container.crashLoop.postpone(Instant.now().plus(FOR_EVER));
            return;
        }
        node.normal(pod, container, "Pulled",
                "Container image \"" + container.image() + "\" already present on machine and can be accessed by the pod");
        try {
            begin(pod, container, ContainerSpecs.of(node, pod, container.spec, place, runtime.get()), runtime.get());
        } catch (Environment.UnresolvedException e) {
            wait(pod, container, "CreateContainerConfigError", e.getMessage());
            container.crashLoop.postpone(Instant.now().plus(RETRY));
        }
    }

    /** Which mount the container asks for and would not find. That of its token it has not asked for: admission adds it. */
    private static Optional<String> unmountable(Container container) {
        JsonNode mounts = container.spec.path("volumeMounts");
        for (int i = 0; i < mounts.size(); i++) {
            String path = mounts.get(i).path("mountPath").asString("");
            if (!path.equals(ACCOUNT_PATH)) {
                return Optional.of("volumeMounts[" + i + "]: volume \"" + mounts.get(i).path("name").asString("")
                        + "\" cannot be mounted at \"" + path + "\": image \"" + container.image()
                        + "\" runs in this machine's own file system; a container runtime such as containerd would mount it");
            }
        }
        return Optional.empty();
    }

    private void wait(KubeObject pod, Container container, String reason, String message) {
        container.again(new ContainerState.Waiting(reason, message));
        node.warning(pod, container, "Failed", "Error: " + message);
    }

    private void begin(KubeObject pod, Container container, ContainerSpec spec, ContainerRuntime runtime) {
        String id = "fairway-" + runtime.name() + "://" + randomId();
        // The runtime may report the exit before it has returned the container.
        CompletableFuture<RunningContainer> which = new CompletableFuture<>();
        Consumer<ContainerExit> onExit =
                exit -> which.thenAccept(running -> tell.accept(new Signal.Exited(container, running, exit)));
        try {
            RunningContainer running = runtime.start(spec, onExit);
            container.begin(running, spec, id, Instant.now());
            node.normal(pod, container, "Created", "Container created");
            node.normal(pod, container, "Started", "Container started");
            which.complete(running);
            begun(pod, container, spec, running);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "container " + spec + " did not start", e);
            node.warning(pod, container, "Failed", "Error: " + e.getMessage());
            container.failToStart(id, e.getMessage(), Instant.now());
        }
    }

    private void begun(KubeObject pod, Container container, ContainerSpec spec, RunningContainer running) {
        JsonNode postStart = container.spec.path("lifecycle").path("postStart");
        if (postStart.isMissingNode()) {
            probing.start(pod, container, running);
        } else {
            hooks.run(pod, container, postStart, spec, running,
                    failure -> tell.accept(new Signal.PostStarted(container, running, failure)));
        }
    }

    private static String randomId() {
        byte[] bytes = new byte[32];
        ThreadLocalRandom.current().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
