package dev.fairway.node.runtime;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A container that was started, and may have ended since. */
public interface RunningContainer {
    /** What it has printed. */
    ContainerLog log();

    /**
     * Asks it to end, and ends it by force when it has not ended within {@code grace}. Returns at once; the exit is
     * reported as any other.
     */
    void stop(Duration grace);

    /**
     * Runs a command in the container and waits for it.
     *
     * @throws IOException if it cannot be started, or takes longer than {@code timeout}
     */
    ExecResult exec(List<String> command, Duration timeout) throws IOException, InterruptedException;
}
