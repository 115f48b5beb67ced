package dev.fairway.node.runtime;

import java.io.IOException;
import java.util.function.Consumer;

/** Runs the containers of Pods whose network exists already. Implementations are safe for use by many threads. */
public interface ContainerRuntime extends AutoCloseable {
    /** A name for messages and for the container id's scheme, such as {@code echo}. */
    String name();

    /** Whether this runtime runs an image. */
    boolean runs(String image);

    /** Whether containers run programs, which read {@link ContainerSpec#environment()}. */
    boolean runsPrograms();

    /** Whether programs find the container's volumes where they are mounted. */
    default boolean mountsVolumes() {
        return false;
    }

    /**
     * Starts a container.
     *
     * @param onExit told once when the container has ended, by itself or stopped; from any thread
     * @throws IOException if it cannot be started; its message is shown in the Pod's status
     */
    RunningContainer start(ContainerSpec container, Consumer<ContainerExit> onExit) throws IOException;

    @Override
    void close();
}
