package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;
import dev.fairway.node.probe.Probe;
import dev.fairway.node.probe.ProbeRun;
import dev.fairway.node.runtime.RunningContainer;
import java.util.Optional;
import java.util.function.Consumer;

/** Has the containers of one Pod probed, and keeps what the findings mean for them. */
final class Probing {
    private final NodeServices node;
    private final Consumer<Signal> tell;

    Probing(NodeServices node, Consumer<Signal> tell) {
        this.node = node;
        this.tell = tell;
    }

    /** Begins with a container that has just started: readiness and liveness are asked for only once it is up. */
    void start(KubeObject pod, Container container, RunningContainer running) {
        if (!run(pod, container, running, Signal.ProbeKind.STARTUP)) {
            started(pod, container, running);
        }
    }

    private void started(KubeObject pod, Container container, RunningContainer running) {
        container.started = true;
        container.ready = !run(pod, container, running, Signal.ProbeKind.READINESS);
        run(pod, container, running, Signal.ProbeKind.LIVENESS);
    }

    private boolean run(KubeObject pod, Container container, RunningContainer running, Signal.ProbeKind kind) {
        Optional<Probe> probe = probe(container, kind);
        probe.ifPresent(found -> container.probes.put(kind, ProbeRun.start(node.prober(), found, container.runtimeSpec.orElseThrow(), running, answer -> {
            if (!answer.good()) {
                node.warning(pod, container, "Unhealthy", kind.word() + " probe failed: " + answer.message());
            }
        }, finding -> tell.accept(new Signal.Probed(container, running, kind, finding)))));
        return probe.isPresent();
    }

    private static Optional<Probe> probe(Container container, Signal.ProbeKind kind) {
        return Probe.of(container.spec.path(kind.field()));
    }

    /**
     * Takes note of what a probe has found out.
     *
     * @return the probe, if it says that the container must be killed
     */
    Optional<Probe> found(KubeObject pod, Signal.Probed probed) {
        Container container = probed.container();
        boolean good = probed.finding().good();
        switch (probed.kind()) {
            case READINESS -> container.ready = good;
            case LIVENESS -> {
                return good ? Optional.empty() : probe(container, probed.kind());
            }
            case STARTUP -> {
                if (!good) {
                    return probe(container, probed.kind());
                }
                if (!container.started) {
                    end(container, Signal.ProbeKind.STARTUP);
                    started(pod, container, probed.which());
                }
            }
        }
        return Optional.empty();
    }

    /** A container that is being stopped may be slow or deaf; only whether it is ready still matters to others. */
    void stopping(Container container) {
        end(container, Signal.ProbeKind.STARTUP);
        end(container, Signal.ProbeKind.LIVENESS);
    }

    private static void end(Container container, Signal.ProbeKind kind) {
        ProbeRun run = container.probes.remove(kind);
        if (run != null) {
            run.close();
        }
    }
}
