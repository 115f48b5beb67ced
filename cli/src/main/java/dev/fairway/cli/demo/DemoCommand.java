package dev.fairway.cli.demo;

import dev.fairway.cli.UserError;
import dev.fairway.cli.cluster.ClusterOptions;
import dev.fairway.cli.cluster.Root;
import dev.fairway.cluster.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fairway demo}: starts a cluster, walks the article on it, and takes it down again. */
@Command(
        name = "demo",
        description = "Start a cluster, walk the article's Service on it with real packets, and stop it again.",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 if every observation held, 1 if not, 2 wrong usage."})
public final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--keep", description = "leave the cluster running")
    private boolean keep;

    @Option(names = "--nodes", defaultValue = "2", paramLabel = "N", description = "how many nodes (default: ${DEFAULT-VALUE})")
    private int nodes;

    @Option(names = "--port", defaultValue = "6443", paramLabel = "PORT", description = "the API server's port (default: ${DEFAULT-VALUE})")
    private int port;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Root.require("fairway demo");
        if (nodes < 1) {
            throw new UserError("--nodes: " + nodes + " is too few: Pods need a node to run on");
        }
        Root.requireTools(List.of("kubectl", "iptables-restore", "iptables-save", "nsenter"));
        Path home = Path.of(System.getenv().getOrDefault("FAIRWAY_HOME", "."));
        if (!Files.isDirectory(home.resolve("examples"))) {
            throw new UserError("the article's manifests are not at " + home.resolve("examples") + "; run this by ./fairway");
        }
        long started = System.nanoTime();
        System.out.println("The article: a Service in front of two Pods, and what carries its packets.");
        Walk walk = new Walk(System.out);
        walk.step("Start a cluster of " + nodes + " nodes, each a network namespace without an uplink");
        List<String> up = new ArrayList<>(List.of("--detach", "--nodes", Integer.toString(nodes), "--port", Integer.toString(port)));
        up.addAll(cluster.flags());
        up.addFirst("up");
        int exit = run(up);
        if (exit != 0) {
            return exit;
        }
        boolean held;
        try {
            article(walk, cluster.running(), home, started);
            held = walk.finish();
        } finally {
            if (keep) {
                System.out.println("The cluster is still up: export KUBECONFIG=$(./" + cluster.command("kubeconfig --path") + ")");
            } else {
                List<String> down = new ArrayList<>(cluster.flags());
                down.addFirst("down");
                run(down);
            }
        }
        System.out.println("The whole walk took " + seconds(started) + ".");
        return held ? 0 : 1;
    }

    /** The steps; what keeps one from being taken is an observation that did not hold. */
    private static void article(Walk walk, RunState state, Path home, long started) throws InterruptedException {
        try {
            Article article = new Article(walk, state, home);
            article.nodesAreReady();
            walk.show("up after " + seconds(started) + " at " + state.apiServer());
            article.walk();
        } catch (IOException | UncheckedIOException e) {
            walk.observe(false, "this step could not be taken: " + e.getMessage());
        }
    }

    /** Another command of this program, as if typed. */
    private int run(List<String> words) {
        return spec.root().commandLine().execute(words.toArray(String[]::new));
    }

    static String seconds(long sinceNanos) {
        return String.format("%.1f s", Duration.ofNanos(System.nanoTime() - sinceNanos).toMillis() / 1000.0);
    }
}
