package dev.fairway.cli.cluster;

import dev.fairway.cli.UserError;
import dev.fairway.cluster.RunState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fairway node}: stand where a node stands. */
@Command(
        name = "node",
        description = "Run a command, or a shell, in the network namespace of a node.",
        mixinStandardHelpOptions = true)
public final class NodeCommand {
    @Spec
    private CommandSpec spec;

    @Command(
            name = "exec",
            description = {
                "Run a command on a node, as if logged in there:",
                "  fairway node exec -- iptables-save -t nat",
                "  fairway node exec node-2 -- curl http://CLUSTER-IP:8080"
            },
            mixinStandardHelpOptions = true,
            footer = {"", "Exit code: the command's own; 1 if there is no such cluster or node, 2 wrong usage."})
    int exec(
            @Mixin ClusterOptions cluster,
            @Parameters(
                    arity = "1..*",
                    paramLabel = "[NODE] -- COMMAND [ARG...]",
                    description = "the node (default: the first), then the command")
                    List<String> words)
            throws IOException, InterruptedException {
        RunState state = cluster.running();
        int before = wordsBeforeDashes(words);
        if (before > 1) {
            throw new ParameterException(spec.subcommands().get("exec"), "more than one word before \"--\": "
                    + String.join(" ", words.subList(0, before)) + "; there is room for a node only");
        }
        RunState.NodeState node = before == 1 ? find(state, words.getFirst()) : first(state);
        List<String> command = words.subList(before, words.size());
        if (command.isEmpty()) {
            throw new ParameterException(spec.subcommands().get("exec"), "there is no command after \"--\"");
        }
        return run(node, command);
    }

    /** How many of the words stand before the "--", which Picocli swallows; none where there is no "--". */
    private int wordsBeforeDashes(List<String> words) {
        List<String> all = spec.commandLine().getParseResult().originalArgs();
        int dashes = all.indexOf("--");
        return dashes < 0 ? 0 : words.size() - (all.size() - dashes - 1);
    }

    @Command(
            name = "shell",
            description = "Open a shell ($SHELL, else /bin/sh) on a node.",
            mixinStandardHelpOptions = true,
            footer = {"", "Exit code: the shell's own; 1 if there is no such cluster or node, 2 wrong usage."})
    int shell(
            @Mixin ClusterOptions cluster,
            @Parameters(arity = "0..1", paramLabel = "NODE", description = "the node (default: the first)") String name)
            throws IOException, InterruptedException {
        RunState state = cluster.running();
        RunState.NodeState node = name == null ? first(state) : find(state, name);
        return run(node, List.of(System.getenv().getOrDefault("SHELL", "/bin/sh")));
    }

    private static int run(RunState.NodeState node, List<String> command) throws IOException, InterruptedException {
        Root.require("fairway node");
        Root.requireTools(List.of("nsenter"));
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + node.namespace(), "--"));
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
        builder.environment().put("FAIRWAY_NODE", node.name());
        Process process = builder.start();
        // Whoever ends this process means the command.
        Thread stop = new Thread(process::destroy, "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        return process.waitFor();
    }

    private static RunState.NodeState first(RunState state) {
        return state.nodes().stream().findFirst().orElseThrow(() -> new UserError("this cluster has no nodes"));
    }

    private static RunState.NodeState find(RunState state, String name) {
        return state.nodes().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserError("there is no node \"" + name + "\"; there are "
                        + state.nodes().stream().map(RunState.NodeState::name).collect(Collectors.joining(", "))));
    }
}
