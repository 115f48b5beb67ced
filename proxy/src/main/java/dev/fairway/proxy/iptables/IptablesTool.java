package dev.fairway.proxy.iptables;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.iptables.CommandRunner.Outcome;
import dev.fairway.proxy.model.IpFamily;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commands of iptables(8) for one address family. */
final class IptablesTool {
    /** Seconds to wait for the lock that iptables programs share, and microseconds between looks at it. */
    private static final List<String> LOCK = List.of("-w", "5", "-W", "100000");
    private static final Pattern REFUSED_LINE = Pattern.compile("line:? (\\d+)");
    /** A line that is only the program's name and version. */
    private static final Pattern BANNER = Pattern.compile("^ip6?tables-restore v\\S+ \\(\\S+\\):\\s*");

    private final CommandRunner commands;
    private final String program;

    IptablesTool(IpFamily family, CommandRunner commands) {
        this.commands = commands;
        this.program = switch (family) {
            case IPV4 -> "iptables";
            case IPV6 -> "ip6tables";
        };
    }

    /**
     * Applies a change.
     *
     * @throws RefusedException if a line is not accepted; then the tables before it may have been applied
     * @throws IOException if the command cannot do anything at all
     */
    void restore(RestoreInput input) throws IOException {
        List<String> command = new ArrayList<>(List.of(program + "-restore"));
        command.addAll(LOCK);
        command.add("--noflush");
        Outcome outcome = commands.run(command, input.text(), output -> output.lines().forEach(line -> { }));
        if (outcome.succeeded()) {
            return;
        }
        Matcher line = REFUSED_LINE.matcher(outcome.errors());
        if (line.find()) {
            Optional<ObjectKey> owner = input.owner(Integer.parseInt(line.group(1)));
            throw new RefusedException(reason(outcome.errors()), owner);
        }
        throw new IOException(program + "-restore ended with " + outcome.exitCode() + ": " + reason(outcome.errors()));
    }

    /** The first line that says something. */
    private static String reason(String errors) {
        return errors.lines()
                .map(line -> BANNER.matcher(line).replaceFirst("").strip())
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("no message");
    }

    /** What the kernel has of the proxy's rules. */
    KernelRules save() throws IOException {
        List<KernelRules> read = new ArrayList<>();
        Outcome outcome = commands.run(List.of(program + "-save"), "", output -> read.add(KernelRules.parse(output)));
        if (!outcome.succeeded()) {
            throw new IOException(program + "-save ended with " + outcome.exitCode() + ": " + reason(outcome.errors()));
        }
        return read.getFirst();
    }

    /** @throws IOException if the tools are missing or the kernel cannot translate addresses of this family */
    void check() throws IOException {
        Outcome outcome = commands.run(List.of(program, "-w", "5", "-t", "nat", "-S", "POSTROUTING"), "",
                output -> output.lines().forEach(line -> { }));
        if (!outcome.succeeded()) {
            throw new IOException(program + " cannot be used: " + reason(outcome.errors()));
        }
    }

    /** Whether rules are kept by the kernel's older mechanism, whose changes cannot be heard of. */
    boolean isLegacy() throws IOException {
        StringBuilder version = new StringBuilder();
        Outcome outcome = commands.run(List.of(program, "--version"), "", (BufferedReader output) ->
                output.lines().forEach(version::append));
        if (!outcome.succeeded()) {
            throw new IOException(program + " --version ended with " + outcome.exitCode() + ": " + reason(outcome.errors()));
        }
        return !version.toString().contains("nf_tables");
    }
}
