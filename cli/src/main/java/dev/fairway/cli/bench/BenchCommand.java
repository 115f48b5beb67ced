package dev.fairway.cli.bench;

import dev.fairway.cli.bench.api.BenchApiCommand;
import dev.fairway.cli.bench.cluster.BenchClusterCommand;
import dev.fairway.cli.bench.proxy.BenchProxyCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code fairway bench}: the measurements behind docs/performance.md. */
@Command(
        name = "bench",
        description = "Measure Fairway on this machine, in namespaces of its own.",
        mixinStandardHelpOptions = true,
        subcommands = {BenchApiCommand.class, BenchClusterCommand.class, BenchProxyCommand.class})
public final class BenchCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
