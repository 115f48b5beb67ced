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

    /** Says what is wrong in two lines: of the flags that there are nobody finds it among the help for all. */
    public static int wrongUsage(CommandLine.ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        command.getErr().println("fairway: " + wrong.getMessage());
        command.getErr().println("fairway: 'fairway proxy --help' lists the flags");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    /** As {@code fairway proxy}. */
    static CommandLine commandLine() {
        return new CommandLine(new ProxyCommand())
                .setCommandName("fairway proxy")
                .setParameterExceptionHandler(ProxyMain::wrongUsage)
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
