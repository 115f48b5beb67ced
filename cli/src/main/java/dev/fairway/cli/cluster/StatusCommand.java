package dev.fairway.cli.cluster;

import dev.fairway.cluster.Cluster;
import dev.fairway.cluster.ClusterDirectory;
import dev.fairway.cluster.RunState;
import dev.fairway.kube.Json;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code fairway status}: whether the cluster is up and answers. Exit code 0 if so, 1 if not. */
@Command(
        name = "status",
        description = "Tell whether the cluster is up, where its API server answers, and what its nodes are.",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 up and ready, 1 not."})
public final class StatusCommand implements Callable<Integer> {
    enum Output {
        text,
        json
    }

    @Mixin
    private ClusterOptions cluster;

    @Option(names = {"-o", "--output"}, defaultValue = "text", description = "${COMPLETION-CANDIDATES}")
    private Output output;

    @Override
    public Integer call() throws IOException {
        ClusterDirectory directory = cluster.directory();
        Optional<RunState> state =
                directory.exists() && directory.running() ? directory.read() : Optional.empty();
        Optional<String> unready = state.isPresent() ? Cluster.unready(state.get()) : Optional.of("not up");
        List<String> leftovers = state.isPresent() ? List.of() : Cluster.leftovers(cluster.name());
        switch (output) {
            case json -> printJson(state, unready, leftovers);
            case text -> printText(state, unready, leftovers);
        }
        return unready.isEmpty() ? 0 : 1;
    }

    private void printJson(Optional<RunState> state, Optional<String> unready, List<String> leftovers) {
        ObjectNode json = Json.object().put("name", cluster.name()).put("up", state.isPresent()).put("ready", unready.isEmpty());
        unready.ifPresent(reason -> json.put("reason", reason));
        state.ifPresent(running -> json.setAll((ObjectNode) Json.mapper().valueToTree(running)));
        leftovers.forEach(json.putArray("leftovers")::add);
        System.out.println(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(json));
    }

    private void printText(Optional<RunState> state, Optional<String> unready, List<String> leftovers) {
        if (state.isEmpty()) {
            System.out.println("cluster \"" + cluster.name() + "\" is not up");
            if (!leftovers.isEmpty()) {
                System.out.println("a killed one left namespaces behind (" + leftovers.size() + "); remove them with: " + cluster.command("down"));
            }
            return;
        }
        RunState running = state.get();
        System.out.printf("cluster \"%s\" is up%s%n", cluster.name(),
                unready.map(reason -> ", but its API server is not ready: " + reason).orElse(""));
        System.out.printf("  API server  %s%n  kubeconfig  %s%n  process     %d%n",
                running.apiServer(), running.kubeconfig(), running.pid());
        for (RunState.NodeState node : running.nodes()) {
            System.out.printf("  node        %s  %s  Pods %s  (network namespace %s)%n",
                    node.name(), node.address(), node.podCidr(), node.namespace());
        }
    }
}
