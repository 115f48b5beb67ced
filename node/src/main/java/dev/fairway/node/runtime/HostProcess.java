package dev.fairway.node.runtime;

import dev.fairway.netlink.sys.Errno;
import dev.fairway.netlink.sys.ErrnoException;
import dev.fairway.netlink.sys.Libc;
import dev.fairway.node.network.NamespaceProcesses;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A container that is a process of this machine: the leader of a session, with whatever it has started. */
final class HostProcess implements RunningContainer {
    private static final System.Logger LOG = System.getLogger(HostProcess.class.getName());
    private static final int MAX_LINE = 16 << 10;
    /** As much of a probe's output as kubelet keeps. */
    private static final int MAX_OUTPUT = 10 << 10;
    /** Who has left the session may hold the output open for ever; what the leader printed is read by then. */
    private static final Duration LAST_LINES = Duration.ofSeconds(1);

    private final ContainerSpec spec;
    private final Process process;
    private final ContainerLog log = new ContainerLog();

    private HostProcess(ContainerSpec spec, Process process) {
        this.spec = spec;
        this.process = process;
    }

    /** Follows a process that was just started, both its streams in one. */
    static HostProcess follow(ContainerSpec spec, Process process, Consumer<ContainerExit> onExit) {
        HostProcess host = new HostProcess(spec, process);
        // Reads from pipes hold their carrier: one thread of its own is the smaller evil.
        Thread reader = Thread.ofPlatform().daemon().name("log-" + spec).start(host::readLog);
        process.onExit().thenAccept(ended -> Thread.ofVirtual().start(() -> {
            Instant at = Instant.now();
            host.killSession();
            try {
                reader.join(LAST_LINES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            onExit.accept(new ContainerExit(ended.exitValue(), at));
        }));
        return host;
    }

    private void readLog() {
        try (var output = process.getInputStream()) {
            LogLines.read(output, MAX_LINE, line -> log.append(Instant.now(), line));
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

    /** Signals as kubelet's runtimes do: SIGTERM to the first process alone, SIGKILL to all. */
    @Override
    public void stop(Duration grace) {
        if (!grace.isPositive()) {
            killSession();
            return;
        }
        // Not the Process itself, which would close the pipe that its last words come through.
        process.toHandle().destroy();
        Thread.ofVirtual().name("stop-" + spec).start(() -> {
            try {
                process.onExit().get(grace.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.log(Level.DEBUG, "{0} did not end within {1}", spec, grace);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                LOG.log(Level.WARNING, "waiting for " + spec, e);
            } finally {
                killSession();
            }
        });
    }

    /** Ends what is left, as the end of a container ends all its processes. */
    private void killSession() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
        try {
            Libc.kill(-(int) process.pid(), Libc.SIGKILL);
        } catch (ErrnoException e) {
            if (!e.is(Errno.ESRCH)) {
                LOG.log(Level.WARNING, "processes of " + spec + " are left behind", e);
            }
        }
        try {
            // Who has left the session too; nobody leaves a container.
            NamespaceProcesses.kill(spec.network().namespace(), HostRuntime.MARK + "=" + HostRuntime.mark(spec));
        } catch (NoSuchFileException e) {
            LOG.log(Level.DEBUG, "the Pod of {0} is gone", spec);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "processes of " + spec + " are left behind", e);
        }
    }

    @Override
    public ExecResult exec(List<String> command, Duration timeout) throws IOException, InterruptedException {
        Process run = HostRuntime.builder(spec, command).redirectErrorStream(true).start();
        run.getOutputStream().close();
        StringBuilder output = new StringBuilder();
        Thread reader = Thread.ofPlatform().daemon().name("exec-" + spec).start(() -> {
            try (var out = run.getInputStream()) {
                LogLines.read(out, MAX_LINE, line -> append(output, line));
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "output of a command in " + spec + " ended", e);
            }
        });
        boolean ended = run.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        run.descendants().forEach(ProcessHandle::destroyForcibly);
        run.toHandle().destroyForcibly();
        reader.join(LAST_LINES);
        if (!ended) {
            throw new IOException("command timed out: \"" + String.join(" ", command) + "\" timed out after " + timeout.toSeconds() + "s");
        }
        synchronized (output) {
            return new ExecResult(run.exitValue(), output.toString());
        }
    }

    private static void append(StringBuilder output, String line) {
        synchronized (output) {
            if (output.length() < MAX_OUTPUT) {
                output.append(line).append('\n');
            }
        }
    }
}
