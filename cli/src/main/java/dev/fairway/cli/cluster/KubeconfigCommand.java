package dev.fairway.cli.cluster;

import dev.fairway.cluster.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fairway kubeconfig}: the file that grants access to the cluster, or its path. */
@Command(
        name = "kubeconfig",
        description = {
            "Print the kubeconfig of the running cluster, or the path of the file that holds it:",
            "  export KUBECONFIG=$(./fairway kubeconfig --path)"
        },
        mixinStandardHelpOptions = true)
public final class KubeconfigCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--path", description = "print the file's path, not its content")
    private boolean path;

    @Override
    public Integer call() throws IOException {
        RunState state = cluster.running();
        System.out.print(path ? state.kubeconfig() + System.lineSeparator() : Files.readString(Path.of(state.kubeconfig())));
        return 0;
    }
}
