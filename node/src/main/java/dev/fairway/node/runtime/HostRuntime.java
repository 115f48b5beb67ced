package dev.fairway.node.runtime;

import dev.fairway.node.network.ClusterNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Image {@code fairway.local/host}: the container's command runs as a process from the host's file system, in the
 * Pod's network namespace and in a session of its own, so that its children end with it.
 */
public final class HostRuntime implements ContainerRuntime {
    public static final String IMAGE = "fairway.local/host";
    /** In the environment of every process started here, by which those are known that left their session. */
    public static final String MARK = ClusterNetwork.CONTAINER_MARK;

    private final Set<HostProcess> running = ConcurrentHashMap.newKeySet();

    @Override
    public String name() {
        return "host";
    }

    @Override
    public boolean runs(String image) {
        return image.equals(IMAGE) || image.startsWith(IMAGE + ":");
    }

    @Override
    public boolean runsPrograms() {
        return true;
    }

    @Override
    public RunningContainer start(ContainerSpec container, Consumer<ContainerExit> onExit) throws IOException {
        if (container.command().isEmpty()) {
            throw new IOException("container " + container.name() + ": image " + IMAGE + " needs a command");
        }
        if (!container.workingDirectory().isEmpty() && !Files.isDirectory(Path.of(container.workingDirectory()))) {
            throw new IOException("container " + container.name() + ": workingDir " + container.workingDirectory() + " is no directory");
        }
        ProcessBuilder builder = builder(container, container.command());
        Executables.find(container.command().getFirst(), Path.of(container.workingDirectory()).toAbsolutePath(),
                builder.environment().get("PATH"));
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        HostProcess host = HostProcess.follow(container, process, onExit);
        running.add(host);
        process.onExit().thenRun(() -> running.remove(host));
        return host;
    }

    /** The command as words, never through a shell. */
    static ProcessBuilder builder(ContainerSpec container, List<String> command) throws IOException {
        List<String> words = new ArrayList<>(List.of("setsid", "--"));
        List<String> inside = new ArrayList<>(container.network().namespace().processBuilder(command).command());
        // The container's own PATH need not lead to it.
        inside.set(0, Executables.find(inside.getFirst(), Path.of("/"), System.getenv("PATH")).toString());
        words.addAll(inside);
        ProcessBuilder builder = new ProcessBuilder(words);
        if (!container.workingDirectory().isEmpty()) {
            builder.directory(Path.of(container.workingDirectory()).toFile());
        }
        String path = builder.environment().get("PATH");
        builder.environment().clear();
        if (path != null) {
            builder.environment().put("PATH", path);
        }
        builder.environment().put("HOSTNAME", container.podName());
        builder.environment().putAll(container.environment());
        builder.environment().put(MARK, mark(container));
        return builder;
    }

    /** What {@link #MARK} is in a container. */
    static String mark(ContainerSpec container) {
        return container.podNamespace() + "/" + container.podName() + "/" + container.name();
    }

    /** Ends all processes at once. */
    @Override
    public void close() {
        running.forEach(process -> process.stop(Duration.ZERO));
    }
}
