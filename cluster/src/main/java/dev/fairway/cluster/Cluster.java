package dev.fairway.cluster;

import dev.fairway.kube.client.ApiClient;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A running cluster. */
public final class Cluster implements AutoCloseable {
    /** Why a cluster could not be started; nothing of it is left. */
    public static final class StartException extends Exception {
        public StartException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final ClusterConfig config;

    private Cluster(ClusterConfig config) {
        this.config = config;
    }

    public static Cluster start(ClusterConfig config, Consumer<String> progress) throws StartException {
        throw new StartException("the parts of " + config.name() + " are still being put together", null);
    }

    public RunState state() {
        return new RunState(ProcessHandle.current().pid(), "", kubeconfig().toString(), List.of(), "");
    }

    public Path kubeconfig() {
        return new ClusterDirectory(config.directory()).kubeconfig();
    }

    public ApiClient client() {
        throw new IllegalStateException("not started");
    }

    public static boolean answers(RunState state) {
        return false;
    }

    public static List<String> leftovers(String name) {
        return List.of();
    }

    public static boolean removeLeftovers(String name) {
        return false;
    }

    @Override
    public void close() {
        // Nothing was started.
    }
}
