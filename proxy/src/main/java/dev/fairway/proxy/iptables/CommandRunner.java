package dev.fairway.proxy.iptables;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;

/** Runs the iptables tools where the rules are to be: in a network namespace. */
public interface CommandRunner {
    /**
     * What a command left.
     *
     * @param exitCode 0 for success
     * @param errors what it wrote to its error output
     */
    record Outcome(int exitCode, String errors) {
        public boolean succeeded() {
            return exitCode == 0;
        }
    }

    /** Reads a command's output while it runs. */
    @FunctionalInterface
    interface OutputReader {
        void read(BufferedReader output) throws IOException;
    }

    /**
     * Runs a command to its end.
     *
     * @param command program and arguments; no shell sees them
     * @param input for its standard input
     * @throws IOException if it cannot be started, does not end in time, or the reader fails
     */
    Outcome run(List<String> command, String input, OutputReader output) throws IOException;
}
