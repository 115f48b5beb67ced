package dev.fairway.cli;

import dev.fairway.cli.bench.BenchCommand;
import dev.fairway.cli.cluster.BackupCommand;
import dev.fairway.cli.cluster.DownCommand;
import dev.fairway.cli.cluster.KubeconfigCommand;
import dev.fairway.cli.cluster.NodeCommand;
import dev.fairway.cli.cluster.RestoreCommand;
import dev.fairway.cli.cluster.StatusCommand;
import dev.fairway.cli.cluster.UpCommand;
import dev.fairway.cli.demo.DemoCommand;
import dev.fairway.cli.proxy.ProxyCommand;
import dev.fairway.cli.proxy.ProxyMain;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The root of all commands. */
@Command(
        name = "fairway",
        description = "Kubernetes Services, in Java: a node proxy, a small cluster, a library.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            KubeconfigCommand.class,
            NodeCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            ProxyCommand.class,
            BenchCommand.class,
        },
        footer = {"", "FAIRWAY_LOG=INFO (or FINE) in the environment logs more.", "Exit codes: 0 done, 1 failed, 2 wrong usage."})
public final class Fairway implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        Logging.install();
        System.exit(commandLine().execute(args));
    }

    /** The command line as {@link #main} runs it: failures that a user can mend print as one line. */
    public static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Fairway());
        commandLine.getSubcommands().get("proxy").setParameterExceptionHandler(ProxyMain::wrongUsage);
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof UserError) {
                        command.getErr().println("fairway: " + failure.getMessage());
                    } else {
                        command.getErr().println("fairway: unexpected failure; please report it with these lines");
                        failure.printStackTrace(command.getErr());
                    }
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
