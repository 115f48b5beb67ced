package dev.fairway.cli.proxy;

import dev.fairway.cli.Logging;
import dev.fairway.cli.UserError;
import picocli.CommandLine;

/** The node proxy alone, without the classes of the other commands: less to load, and less to ship. */
public final class ProxyMain {
    private ProxyMain() {}

    public static void main(String[] args) {
        Logging.install();
        System.exit(commandLine().execute(args));
    }

    /** As {@code fairway proxy}. */
    static CommandLine commandLine() {
        return new CommandLine(new ProxyCommand())
                .setCommandName("fairway proxy")
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof UserError) {
                        command.getErr().println("fairway: " + failure.getMessage());
                    } else {
                        failure.printStackTrace(command.getErr());
                    }
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }
}
