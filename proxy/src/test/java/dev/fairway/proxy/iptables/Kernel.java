package dev.fairway.proxy.iptables;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.model.IpFamily;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules of a namespace, through the stock tools. */
public record Kernel(NetworkNamespace namespace) {
    public NamespaceCommands commands() {
        return new NamespaceCommands(Optional.of(namespace), Duration.ofSeconds(60));
    }

    /** The proxy's chains and rules, one per line. */
    public String rules(IpFamily family) throws IOException {
        List<Ruleset> read = new ArrayList<>();
        run(List.of(tool(family) + "-save"), "", output -> read.add(SavedRules.parse(output)));
        return Rulesets.text(read.getFirst());
    }

    public void restore(IpFamily family, String input) throws IOException {
        run(List.of(tool(family) + "-restore", "--noflush"), input, output -> output.lines().forEach(line -> { }));
    }

    public void iptables(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("iptables"));
        command.addAll(List.of(arguments));
        run(command, "", output -> output.lines().forEach(line -> { }));
    }

    private void run(List<String> command, String input, CommandRunner.OutputReader reader) throws IOException {
        CommandRunner.Outcome outcome = commands().run(command, input, reader);
        if (!outcome.succeeded()) {
            throw new IOException(command + ": " + outcome.errors());
        }
    }

    private static String tool(IpFamily family) {
        return family == IpFamily.IPV4 ? "iptables" : "ip6tables";
    }
}
