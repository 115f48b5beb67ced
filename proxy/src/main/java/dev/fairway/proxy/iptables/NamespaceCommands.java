package dev.fairway.proxy.iptables;

import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs commands as processes, in a network namespace or in that of this process. */
public final class NamespaceCommands implements CommandRunner {
    private static final Logger LOG = System.getLogger(NamespaceCommands.class.getName());

    private final Optional<NetworkNamespace> namespace;
    private final Duration timeout;

    /**
     * @param namespace empty for this process's own
     * @param timeout after which a command is killed
     */
    public NamespaceCommands(Optional<NetworkNamespace> namespace, Duration timeout) {
        this.namespace = namespace;
        this.timeout = timeout;
    }

    @Override
    public Outcome run(List<String> command, String input, OutputReader output) throws IOException {
        ProcessBuilder builder = namespace
                .map(inside -> inside.processBuilder(command))
                .orElseGet(() -> new ProcessBuilder(command));
        Process process = builder.start();
        CompletableFuture<Process> ended = process.onExit().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        ended.whenComplete((done, late) -> {
            if (late != null) {
                process.destroyForcibly();
            }
        });
        try {
            CompletableFuture<String> errors = CompletableFuture.supplyAsync(() -> read(process), Thread::startVirtualThread);
            write(process, input);
            try (BufferedReader reader = process.inputReader(StandardCharsets.ISO_8859_1)) {
                output.read(reader);
            }
            int exit = process.waitFor();
            if (ended.isCompletedExceptionally()) {
                throw new IOException(command.getFirst() + " did not end within " + timeout);
            }
            return new Outcome(exit, errors.join());
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new IOException(command.getFirst() + ": interrupted", interrupt);
        } finally {
            process.destroyForcibly();
        }
    }

    /** A command that ends before it has read everything says why by its errors and exit code. */
    private static void write(Process process, String input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException closed) {
            LOG.log(Level.DEBUG, "a command closed its input early: {0}", closed.getMessage());
        }
    }

    private static String read(Process process) {
        try (BufferedReader reader = process.errorReader(StandardCharsets.ISO_8859_1)) {
            StringBuilder text = new StringBuilder();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                text.append(line).append('\n');
            }
            return text.toString();
        } catch (IOException closed) {
            return closed.getMessage();
        }
    }
}
