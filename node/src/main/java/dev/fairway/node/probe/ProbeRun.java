package dev.fairway.node.probe;

import dev.fairway.node.runtime.ContainerSpec;
import dev.fairway.node.runtime.RunningContainer;
import java.util.function.Consumer;

/** One probe of one running container, asked over and over by a virtual thread of its own until it is closed. */
public final class ProbeRun implements AutoCloseable {
    /** What a probe has found out. */
    public record Finding(boolean good, String message) {}

    private final Thread thread;

    private ProbeRun(Thread thread) {
        this.thread = thread;
    }

    /**
     * Starts to ask.
     *
     * @param onAnswer hears of each bad answer's message, for Events
     * @param onFinding hears of each success or failure that the thresholds allow
     */
    public static ProbeRun start(
            Prober prober, Probe probe, ContainerSpec container, RunningContainer running,
            Consumer<Prober.Answer> onAnswer, Consumer<Finding> onFinding) {
        return new ProbeRun(Thread.ofVirtual().name("probe-" + container).start(() -> {
            ProbeTracker tracker = new ProbeTracker(probe.successThreshold(), probe.failureThreshold());
            try {
                Thread.sleep(probe.initialDelay());
                while (!Thread.currentThread().isInterrupted()) {
                    Prober.Answer answer = prober.ask(probe, container, running);
                    onAnswer.accept(answer);
                    tracker.add(answer.good()).ifPresent(good -> onFinding.accept(new Finding(good, answer.message())));
                    Thread.sleep(probe.period());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
