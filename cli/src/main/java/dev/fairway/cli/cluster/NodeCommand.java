package dev.fairway.cli.cluster;

import dev.fairway.cli.UserError;
import dev.fairway.cluster.RunState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fairway node}: stand where a node stands. */
@Command(
        name = "node",
        description = "Run a command, or a shell, in the network namespace of a node.",
        mixinStandardHelpOptions = true)
public final class NodeCommand {
    @Command(
            name = "exec",
            description = {
                "Run a command on a node, as if logged in there:",
                "  fairway node exec -- iptables-save -t nat",
                "  fairway node exec node-2 -- curl http://CLUSTER-IP:8080"
            },
            mixinStandardHelpOptions = true,
            footer = {"", "Exit code: the command's own."})
    int exec(
            @Mixin ClusterOptions cluster,
            @Parameters(
                    arity = "1..*",
                    paramLabel = "[NODE] -- COMMAND [ARG...]",
                    description = "the node (default: the first), then the command")
                    List<String> words)
            throws IOException, InterruptedException {
        RunState state = cluster.running();
        List<String> command = new ArrayList<>(words);
        RunState.NodeState node = first(state);
        // Picocli swallows the "--", so a first word that names a node is the node.
        if (command.size() > 1 && state.nodes().stream().anyMatch(each -> each.name().equals(command.getFirst()))) {
            node = find(state, command.removeFirst());
        }
        return run(node, command);
    }

    @Command(
            name = "shell",
            description = "Open a shell on a node.",
            mixinStandardHelpOptions = true)
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
        return builder.start().waitFor();
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
