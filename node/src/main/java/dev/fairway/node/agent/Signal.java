package dev.fairway.node.agent;

import dev.fairway.kube.KubeObject;
import dev.fairway.node.probe.ProbeRun;
import dev.fairway.node.runtime.ContainerExit;
import dev.fairway.node.runtime.RunningContainer;

/** What a Pod's worker is told. */
sealed interface Signal {
    /** The Pod's object has changed. */
    record Updated(KubeObject pod) implements Signal {}

    /** The Pod's object is gone: everything ends at once. */
    record Removed() implements Signal {}

    /** A container has ended. */
    record Exited(Container container, RunningContainer which, ContainerExit exit) implements Signal {}

    /** A probe has found something out about a container that still runs. */
    record Probed(Container container, RunningContainer which, ProbeKind kind, ProbeRun.Finding finding) implements Signal {}

    /** The postStart hook of a container has ended; the failure is empty if it was a success. */
    record PostStarted(Container container, RunningContainer which, String failure) implements Signal {}

    /** The agent stops. */
    record Shutdown() implements Signal {}

    /** The probes of a container; the words are those of kubelet's Events. */
    enum ProbeKind {
        STARTUP("Startup", "startupProbe"),
        LIVENESS("Liveness", "livenessProbe"),
        READINESS("Readiness", "readinessProbe");

        private final String word;
        private final String field;

        ProbeKind(String word, String field) {
            this.word = word;
            this.field = field;
        }

        String word() {
            return word;
        }

        String field() {
            return field;
        }
    }
}
