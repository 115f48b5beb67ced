package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;
import dev.fairway.node.network.PodNetwork;
import dev.fairway.node.probe.Probe;
import dev.fairway.node.probe.ProbeRun;
import dev.fairway.node.runtime.ContainerExit;
import dev.fairway.node.runtime.ContainerRuntime;
import dev.fairway.node.runtime.ContainerSpec;
import dev.fairway.node.runtime.RunningContainer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Starts, probes and stops the containers of one Pod; what comes of it returns as signals. */
final class Containers {
    private static final System.Logger LOG = System.getLogger(Containers.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final NodeServices node;
    private final Consumer<Signal> tell;

    Containers(NodeServices node, Consumer<Signal> tell) {
        this.node = node;
        this.tell = tell;
    }

    /** Starts a container, or lets it wait with the reason why it does not start. */
    void start(KubeObject pod, Container container, PodNetwork place) {
        Optional<ContainerRuntime> runtime = node.runtimeFor(container.image());
        if (runtime.isEmpty()) {
            if (wait(container, "RuntimeUnavailable", node.noRuntime(container.image()))) {
                node.events().warning(pod, "Failed", "Error: " + node.noRuntime(container.image()));
            }
            container.notBefore = Instant.now().plus(FOR_EVER);
            return;
        }
        ContainerSpec spec;
        try {
            spec = spec(pod, container.spec, place);
        } catch (Environment.UnresolvedException e) {
            if (wait(container, "CreateContainerConfigError", e.getMessage())) {
                node.events().warning(pod, "Failed", "Error: " + e.getMessage());
            }
            container.notBefore = Instant.now().plus(RETRY);
            return;
        }
        begin(pod, container, spec, runtime.get());
    }

    private static boolean wait(Container container, String reason, String message) {
        ContainerState state = new ContainerState.Waiting(reason, message);
        boolean changed = !container.state.equals(state);
        container.state = state;
        return changed;
    }

    private void begin(KubeObject pod, Container container, ContainerSpec spec, ContainerRuntime runtime) {
        node.events().normal(pod, "Pulled", "Container image \"" + container.image() + "\" already present on machine");
        // The runtime may report the exit before it has returned the container.
        CompletableFuture<RunningContainer> which = new CompletableFuture<>();
        Consumer<ContainerExit> onExit =
                exit -> which.thenAccept(running -> tell.accept(new Signal.Exited(container, running, exit)));
        try {
            RunningContainer running = runtime.start(spec, onExit);
            container.begin(running, "fairway-" + runtime.name() + "://" + randomId(), Instant.now());
            node.events().normal(pod, "Created", "Created container: " + container.name());
            node.events().normal(pod, "Started", "Started container " + container.name());
            probes(pod, container, spec, running);
            which.complete(running);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "container " + spec + " did not start", e);
            node.events().warning(pod, "Failed", "Error: " + e.getMessage());
            container.state = new ContainerState.Running(Instant.now());
            container.end(128, Instant.now());
            container.state = new ContainerState.Terminated(128, "StartError", e.getMessage(), Instant.now(), Instant.now());
        }
    }

    private ContainerSpec spec(KubeObject pod, JsonNode container, PodNetwork place) throws Environment.UnresolvedException {
        String podIp = place.address().getHostAddress();
        Map<String, String> environment = new Environment(node.client(), pod, podIp, node.hostIp()).of(container);
        List<String> command = new ArrayList<>();
        for (String field : List.of("command", "args")) {
            container.path(field).forEach(word -> command.add(Environment.expand(word.asString(""), environment)));
        }
        List<ContainerSpec.Port> ports = new ArrayList<>();
        container.path("ports").forEach(port -> ports.add(new ContainerSpec.Port(
                port.path("name").asString(""), port.path("containerPort").asInt(0), port.path("protocol").asString("TCP"))));
        return new ContainerSpec(pod.namespace(), pod.name(), container.path("name").asString(""),
                container.path("image").asString(""), command, environment, container.path("workingDir").asString(""), ports, place);
    }

    private static String randomId() {
        byte[] bytes = new byte[32];
        ThreadLocalRandom.current().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void probes(KubeObject pod, Container container, ContainerSpec spec, RunningContainer running) {
        Optional<Probe> startup = Probe.of(container.spec.path("startupProbe"));
        container.started = startup.isEmpty();
        if (startup.isPresent()) {
            probe(pod, container, spec, running, Signal.ProbeKind.STARTUP, startup.get());
        } else {
            afterStartup(pod, container, spec, running);
        }
    }

    /** Readiness and liveness are asked for only once the container has started up. */
    private void afterStartup(KubeObject pod, Container container, ContainerSpec spec, RunningContainer running) {
        Optional<Probe> readiness = Probe.of(container.spec.path("readinessProbe"));
        container.ready = readiness.isEmpty();
        readiness.ifPresent(probe -> probe(pod, container, spec, running, Signal.ProbeKind.READINESS, probe));
        Probe.of(container.spec.path("livenessProbe"))
                .ifPresent(probe -> probe(pod, container, spec, running, Signal.ProbeKind.LIVENESS, probe));
    }

    private void probe(
            KubeObject pod, Container container, ContainerSpec spec, RunningContainer running, Signal.ProbeKind kind, Probe probe) {
        container.probes.add(ProbeRun.start(node.prober(), probe, spec, running, answer -> {
            if (!answer.good()) {
                node.events().warning(pod, "Unhealthy", kind.word() + " probe failed: " + answer.message());
            }
        }, finding -> tell.accept(new Signal.Probed(container, running, kind, finding))));
    }

    /** Acts on what a probe found out. */
    void probed(KubeObject pod, Signal.Probed probed, PodNetwork place) {
        Container container = probed.container();
        boolean good = probed.finding().good();
        switch (probed.kind()) {
            case READINESS -> container.ready = good;
            case LIVENESS -> {
                if (!good) {
                    kill(pod, container, probed);
                }
            }
            case STARTUP -> {
                if (!good) {
                    kill(pod, container, probed);
                } else if (!container.started) {
                    container.started = true;
                    container.probes.forEach(ProbeRun::close);
                    container.probes.clear();
                    try {
                        afterStartup(pod, container, spec(pod, container.spec, place), probed.which());
                    } catch (Environment.UnresolvedException e) {
                        LOG.log(Level.WARNING, "Pod {0}: {1}", pod.key(), e.getMessage());
                    }
                }
            }
        }
    }

    private void kill(KubeObject pod, Container container, Signal.Probed probed) {
        if (container.killReason.isEmpty()) {
            container.killReason = "Container " + container.name() + " failed " + probed.kind().word().toLowerCase(java.util.Locale.ROOT)
                    + " probe, will be restarted";
            node.events().normal(pod, "Killing", container.killReason);
            stop(pod, container, probed.which(), Duration.ofSeconds(pod.at("/spec/terminationGracePeriodSeconds").asLong(30)));
        }
    }

    /** Runs the preStop hook, if there is one, within the grace period; what is left of it is the container's. */
    void stop(KubeObject pod, Container container, RunningContainer running, Duration grace) {
        JsonNode hook = container.spec.path("lifecycle").path("preStop");
        if (hook.isMissingNode() || grace.isZero()) {
            running.stop(grace);
            return;
        }
        Thread.ofVirtual().name("prestop-" + pod.key()).start(() -> {
            Instant begun = Instant.now();
            try {
                if (hook.hasNonNull("sleep")) {
                    Duration wished = Duration.ofSeconds(hook.path("sleep").path("seconds").asLong(0));
                    Thread.sleep(wished.compareTo(grace) < 0 ? wished : grace);
                } else {
                    Optional<Probe> once = Probe.of(hook);
                    if (once.isPresent()) {
                        Probe asked = new Probe(once.get().check(), Duration.ZERO, Duration.ZERO, grace, 1, 1);
                        var answer = node.prober().ask(asked, hookSpec(pod, container), running);
                        if (!answer.good()) {
                            node.events().warning(pod, "FailedPreStopHook", "PreStopHook failed: " + answer.message());
                        }
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                Duration left = grace.minus(Duration.between(begun, Instant.now()));
                // Kubelet allows two more seconds to a container whose hook used up the whole period.
                running.stop(left.compareTo(Duration.ofSeconds(2)) < 0 ? Duration.ofSeconds(2) : left);
            }
        });
    }

    private ContainerSpec hookSpec(KubeObject pod, Container container) {
        try {
            return spec(pod, container.spec, node.network().find(pod.uid()).orElseThrow());
        } catch (Environment.UnresolvedException e) {
            throw new IllegalStateException("the container ran with this environment before", e);
        }
    }
}
