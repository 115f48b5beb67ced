package dev.fairway.node.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Image {@code fairway.local/host}: the container's command runs as a process from the host's file system, in the
 * Pod's network namespace and in a session of its own, so that its children end with it.
 */
public final class HostRuntime implements ContainerRuntime {
    public static final String IMAGE = "fairway.local/host";
    private static final System.Logger LOG = System.getLogger(HostRuntime.class.getName());

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
    public RunningContainer start(ContainerSpec container, Consumer<ContainerExit> onExit) throws IOException {
        if (container.command().isEmpty()) {
            throw new IOException("container " + container.name() + ": image " + IMAGE + " needs a command");
        }
        Process process = builder(container, container.command()).redirectErrorStream(true).start();
        process.getOutputStream().close();
        HostProcess host = new HostProcess(container, process);
        running.add(host);
        Thread.ofVirtual().name("log-" + container).start(() -> host.readLog(process.getInputStream()));
        process.onExit().thenAccept(ended -> {
            running.remove(host);
            onExit.accept(new ContainerExit(ended.exitValue(), Instant.now()));
        });
        return host;
    }

    /** The command as words, never through a shell. */
    private static ProcessBuilder builder(ContainerSpec container, List<String> command) {
        List<String> words = new ArrayList<>(List.of("setsid", "--"));
        words.addAll(container.network().namespace().processBuilder(command).command());
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
        return builder;
    }

    /** Ends all processes at once. */
    @Override
    public void close() {
        running.forEach(process -> process.stop(Duration.ZERO));
    }

    private static final class HostProcess implements RunningContainer {
        private final ContainerSpec spec;
        private final Process process;
        private final ContainerLog log = new ContainerLog();

        HostProcess(ContainerSpec spec, Process process) {
            this.spec = spec;
            this.process = process;
        }

        void readLog(InputStream output) {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    log.append(Instant.now(), line);
                }
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "log of " + spec + " ended", e);
            } finally {
                log.end();
            }
        }

        @Override
        public ContainerLog log() {
            return log;
        }

        @Override
        public void stop(Duration grace) {
            Thread.ofVirtual().name("stop-" + spec).start(() -> {
                List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
                family.add(process.toHandle());
                family.forEach(ProcessHandle::destroy);
                try {
                    process.onExit().get(grace.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    LOG.log(Level.DEBUG, "{0} did not end within {1}", spec, grace);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (ExecutionException e) {
                    LOG.log(Level.WARNING, "waiting for " + spec, e);
                } finally {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    family.forEach(ProcessHandle::destroyForcibly);
                }
            });
        }

        @Override
        public int exec(List<String> command, Duration timeout) throws IOException, InterruptedException {
            Process probe = builder(spec, command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            probe.getOutputStream().close();
            if (!probe.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                probe.descendants().forEach(ProcessHandle::destroyForcibly);
                probe.destroyForcibly();
                throw new IOException("command " + command + " timed out after " + timeout.toSeconds() + "s");
            }
            return probe.exitValue();
        }
    }
}
