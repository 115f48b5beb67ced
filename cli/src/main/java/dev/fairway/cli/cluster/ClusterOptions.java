package dev.fairway.cli.cluster;

import dev.fairway.cli.UserError;
import dev.fairway.cluster.ClusterDirectory;
import dev.fairway.cluster.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which cluster a command speaks of. */
public final class ClusterOptions {
    private static final String DEFAULT_NAME = "fairway";
    private static final String DEFAULT_STATE = "/var/lib/fairway";

    @Option(
            names = "--name",
            defaultValue = DEFAULT_NAME,
            paramLabel = "NAME",
            description = "the cluster's name (default: ${DEFAULT-VALUE})")
    private String name;

    @Option(
            names = "--state-dir",
            defaultValue = DEFAULT_STATE,
            paramLabel = "DIR",
            description = "where clusters keep their state (default: ${DEFAULT-VALUE})")
    private Path stateDirectory;

    public String name() {
        return name;
    }

    public ClusterDirectory directory() {
        try {
            return ClusterDirectory.of(stateDirectory, name);
        } catch (IllegalArgumentException e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    /** The command line that does {@code words} with this cluster, to tell a user. */
    public String command(String words) {
        return "fairway " + words
                + (name.equals(DEFAULT_NAME) ? "" : " --name " + name)
                + (stateDirectory.equals(Path.of(DEFAULT_STATE)) ? "" : " --state-dir " + stateDirectory);
    }

    /** The flags that name this cluster to another process of ours. */
    public java.util.List<String> flags() {
        return java.util.List.of("--name", name, "--state-dir", stateDirectory.toString());
    }

    /** What is running under this name, or an error that says how to start it. */
    public RunState running() {
        try {
            ClusterDirectory directory = directory();
            if (directory.exists() && directory.running()) {
                return directory.read().orElseThrow(() -> new UserError("cluster \"" + name + "\" is still starting"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new UserError("cluster \"" + name + "\" is not up; start it with: " + command("up --detach"));
    }
}
