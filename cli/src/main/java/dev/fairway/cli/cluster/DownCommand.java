package dev.fairway.cli.cluster;

import dev.fairway.cli.UserError;
import dev.fairway.cluster.Cluster;
import dev.fairway.cluster.ClusterDirectory;
import dev.fairway.cluster.RunState;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fairway down}: stops the cluster and removes what it made, also what a killed one left. */
@Command(
        name = "down",
        description = "Stop the cluster, and remove its namespaces, processes and files.",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 down (also if it was not up), 1 failed, 2 wrong usage."})
public final class DownCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Duration POLL = Duration.ofMillis(20);

    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--keep-data", description = "keep objects and keys for the next \"up\"")
    private boolean keepData;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Root.require("fairway down");
        ClusterDirectory directory = cluster.directory();
        boolean stopped = directory.exists() && directory.running() && stop(directory);
        boolean leftovers = removeLeftovers();
        boolean files = directory.exists();
        if (files && !directory.removable()) {
            throw new UserError(directory.path() + " is not a cluster's directory; it stays as it is");
        }
        if (files && keepData) {
            directory.forgetRun();
        } else {
            directory.delete();
        }
        if (stopped) {
            System.out.println("cluster \"" + cluster.name() + "\" is down");
        } else if (leftovers || files) {
            System.out.println("cluster \"" + cluster.name() + "\" was not up; removed what it had left behind");
        } else {
            System.out.println("cluster \"" + cluster.name() + "\" is not up; nothing to do");
        }
        return 0;
    }

    private boolean removeLeftovers() {
        try {
            return Cluster.removeLeftovers(cluster.name());
        } catch (IOException e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    private boolean stop(ClusterDirectory directory) throws IOException, InterruptedException {
        Optional<ProcessHandle> process = directory.read().map(RunState::pid).flatMap(ProcessHandle::of);
        if (process.isEmpty()) {
            throw new UserError("cluster \"" + cluster.name() + "\" is still starting; try again in a moment");
        }
        process.get().destroy();
        if (!ended(directory)) {
            System.err.println("fairway: process " + process.get().pid() + " did not end within "
                    + PATIENCE.toSeconds() + " s; killing it");
            process.get().destroyForcibly();
            if (!ended(directory)) {
                throw new UserError("process " + process.get().pid() + " does not end");
            }
        }
        return true;
    }

    /** By its lock rather than its process id, which stays as long as nobody asks how the process ended. */
    private static boolean ended(ClusterDirectory directory) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (directory.running()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(POLL);
        }
        return true;
    }
}
