package dev.fairway.cli.cluster;

import dev.fairway.apiserver.config.Cidr;
import dev.fairway.cli.HeapKeeper;
import dev.fairway.cli.UserError;
import dev.fairway.cluster.Cluster;
import dev.fairway.cluster.ClusterConfig;
import dev.fairway.cluster.ClusterConfig.ProxyMode;
import dev.fairway.cluster.ClusterConfig.StoreChoice;
import dev.fairway.cluster.ClusterDirectory;
import dev.fairway.cluster.RunState;
import dev.fairway.store.EtcdOptions;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fairway up}: a whole cluster in this process, or with {@code --detach} in one that outlives it. */
@Command(
        name = "up",
        description = "Start a cluster: API server, controllers, nodes with Pods, and Services that carry packets.",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 stopped in order (or, with --detach, ready), 1 failed, 2 wrong usage."})
public final class UpCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--nodes", defaultValue = "1", paramLabel = "N", description = "how many nodes (default: ${DEFAULT-VALUE})")
    private int nodes;

    @Option(
            names = "--port",
            defaultValue = "6443",
            paramLabel = "PORT",
            description = "the API server's port on 127.0.0.1; 0 picks a free one (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--proxy-mode",
            defaultValue = "iptables",
            paramLabel = "MODE",
            description = "how Services reach the kernel: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private ProxyMode proxyMode;

    @Option(
            names = "--store",
            defaultValue = "embedded",
            paramLabel = "STORE",
            description = "embedded (a durable database file), memory, or etcd (default: ${DEFAULT-VALUE})")
    private String store;

    @Mixin
    private EtcdFlags etcd;

    @Option(
            names = "--keys-of",
            paramLabel = "DIR",
            description = "another server of this cluster, on the same etcd: its state directory's pki folder, whose authority and token keys this one takes")
    private Path keysOf;

    @Option(
            names = "--service-cidr",
            split = ",",
            paramLabel = "CIDR",
            defaultValue = "10.96.0.0/12",
            description = "where cluster IPs come from: one range, or one of each IP family for dual-stack Services (default: ${DEFAULT-VALUE})")
    private List<String> serviceCidrs;

    @Option(
            names = "--anonymous-auth",
            description = "serve requests without credentials as system:anonymous, who may ask for health and version")
    private boolean anonymousAuth;

    @Option(
            names = "--publish-node-ports",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "serve node ports on the host's 127.0.0.1 too (default: ${DEFAULT-VALUE})")
    private boolean publishNodePorts;

    @Option(names = {"-d", "--detach"}, description = "return once the cluster is ready, and leave it running")
    private boolean detach;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Root.require("fairway up");
        ClusterConfig config = config();
        if (nodes > 0) {
            Root.requireTools(List.of("iptables-restore", "iptables-save", "nsenter"));
        }
        ClusterDirectory directory = cluster.directory();
        if (directory.exists() && directory.running()) {
            throw new UserError("cluster \"" + cluster.name() + "\" is already up"
                    + directory.read().map(state -> " at " + state.apiServer() + " (process " + state.pid() + ")").orElse("")
                    + "; stop it with: " + cluster.command("down"));
        }
        return detach ? Detached.start(directory, flags()) : hold(directory, config);
    }

    private ClusterConfig config() {
        try {
            return new ClusterConfig(
                    cluster.name(), cluster.directory().path(), port, nodes, proxyMode, choice(), publishNodePorts, ranges(), anonymousAuth);
        } catch (IllegalArgumentException e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    private List<Cidr> ranges() {
        try {
            return serviceCidrs.stream().map(Cidr::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new UserError("--service-cidr: " + e.getMessage(), e);
        }
    }

    private StoreChoice choice() {
        Optional<EtcdOptions> reachable = etcd.options();
        if (reachable.isPresent() && !store.equals("etcd")) {
            throw new UserError("--etcd-servers is for --store etcd, not for --store " + store);
        }
        return switch (store) {
            case "embedded" -> new StoreChoice.Embedded();
            case "memory" -> new StoreChoice.Memory();
            case "etcd" -> new StoreChoice.Etcd(
                    reachable.orElseThrow(() -> new UserError("--store etcd needs --etcd-servers URL[,URL...]")));
            default -> throw new UserError("--store: \"" + store + "\" is not embedded, memory or etcd");
        };
    }

    private List<String> flags() {
        List<String> flags = new ArrayList<>(cluster.flags());
        flags.addAll(List.of("--nodes", Integer.toString(nodes), "--port", Integer.toString(port),
                "--proxy-mode", proxyMode.name(), "--store", store, "--service-cidr", String.join(",", serviceCidrs)));
        flags.addAll(etcd.flags());
        if (anonymousAuth) {
            flags.add("--anonymous-auth");
        }
        flags.add(publishNodePorts ? "--publish-node-ports" : "--no-publish-node-ports");
        if (keysOf != null) {
            flags.addAll(List.of("--keys-of", keysOf.toString()));
        }
        return flags;
    }

    private Integer hold(ClusterDirectory directory, ClusterConfig config) throws IOException, InterruptedException {
        boolean made = !directory.exists();
        directory.create();
        FileChannel lock = directory.lock()
                .orElseThrow(() -> new UserError("cluster \"" + cluster.name() + "\" is already being started"));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        // A signal starts the JVM's shutdown, which waits for this hook, and so for the clean-up below.
        Thread hook = new Thread(() -> {
            asked.countDown();
            try {
                stopped.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        boolean started = false;
        try (lock) {
            // What a killed one says of itself is no longer so.
            directory.forgetRun();
            takeKeys(directory);
            try (Cluster running = Cluster.start(config, UpCommand::progress)) {
                directory.write(running.state());
                started = true;
                announce(running.state());
                HeapKeeper.start(patience -> true);
                asked.await();
                progress("stopping");
            } catch (Cluster.StartException e) {
                throw new UserError(e.getMessage(), e);
            } finally {
                directory.forgetRun();
            }
        } finally {
            if (!started) {
                if (made) {
                    directory.delete();
                }
                Runtime.getRuntime().removeShutdownHook(hook);
            }
            stopped.countDown();
        }
        return 0;
    }

    private void takeKeys(ClusterDirectory directory) {
        if (keysOf != null) {
            try {
                directory.takeKeys(keysOf);
            } catch (IOException e) {
                throw new UserError("--keys-of: " + e.getMessage(), e);
            }
        }
    }

    private static void announce(RunState state) {
        progress("ready at " + state.apiServer());
        System.err.println("  export KUBECONFIG=" + state.kubeconfig());
        System.err.println("  kubectl get nodes");
    }

    private static void progress(String line) {
        System.err.println("fairway: " + line);
    }
}
