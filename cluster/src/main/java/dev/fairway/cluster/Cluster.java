package dev.fairway.cluster;

import dev.fairway.apiserver.ApiServer;
import dev.fairway.apiserver.config.ApiServerConfig;
import dev.fairway.apiserver.handler.Hooks;
import dev.fairway.apiserver.tls.Pki;
import dev.fairway.controllers.ControllerConfig;
import dev.fairway.controllers.ControllerManager;
import dev.fairway.controllers.leaderelection.LeaderElectionConfig;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiRequest;
import dev.fairway.kube.client.ApiResponse;
import dev.fairway.kube.client.ClientConfig;
import dev.fairway.kube.client.HttpTransport;
import dev.fairway.node.network.ClusterNetwork;
import dev.fairway.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * A running cluster: API server, controllers and, where it has nodes, their network, agents and proxies. It is put
 * together in the order in which its parts need each other, and taken apart in the reverse.
 */
public final class Cluster implements AutoCloseable {
    private static final String PROXY_USER = "system:kube-proxy";
    /** The API server's port as Pods see it, on the first node's address. */
    private static final int NODE_API_PORT = 6443;
    private static final Duration READY_PATIENCE = Duration.ofSeconds(60);

    /** Why a cluster could not be started; nothing of it is left. */
    public static final class StartException extends Exception {
        public StartException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final ClusterConfig config;
    private final ClusterDirectory directory;
    private final Closing closing = new Closing();
    private ApiServer server;
    private ApiClient client;
    private Optional<ClusterNetwork> network = Optional.empty();

    private Cluster(ClusterConfig config) {
        this.config = config;
        this.directory = new ClusterDirectory(config.directory());
    }

    /**
     * Starts a cluster and returns when its API answers and its nodes are ready.
     *
     * @param progress hears of each step, in a few words
     * @throws StartException if it cannot be started; the message says why and what to do
     */
    public static Cluster start(ClusterConfig config, Consumer<String> progress) throws StartException {
        Cluster cluster = new Cluster(config);
        try {
            cluster.build(progress);
            return cluster;
        } catch (IOException | RuntimeException e) {
            cluster.close();
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            throw new StartException("the cluster did not start: " + cause.getMessage(), cause);
        } catch (StartException e) {
            cluster.close();
            throw e;
        } catch (InterruptedException e) {
            cluster.close();
            Thread.currentThread().interrupt();
            throw new StartException("interrupted while the cluster was starting", e);
        }
    }

    private void build(Consumer<String> progress) throws IOException, InterruptedException, StartException {
        requireFreePort();
        requireFreeName();
        directory.create();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            // The network and the API server need nothing of each other until the agents start.
            CompletableFuture<Optional<ClusterNetwork>> making = CompletableFuture.supplyAsync(this::makeNetwork, executor);
            List<NodeParts> nodes = new ArrayList<>();
            try {
                startApiServer(nodes);
                progress.accept("API server answers at " + server.url());
            } finally {
                network = making.join();
                network.ifPresent(closing::add);
            }
            startControllers();
            // Until then the server does not call itself ready, and proxies would be told that they may not list Services.
            server.rolesMade().join();
            if (network.isPresent()) {
                startNodes(network.get(), nodes);
                progress.accept(nodes.size() == 1 ? "1 node is ready" : nodes.size() + " nodes are ready");
            }
        }
    }

    private void requireFreePort() throws StartException, IOException {
        if (config.apiPort() == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            // Connections of an earlier cluster that are still winding down do not take the port.
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), config.apiPort()));
        } catch (BindException e) {
            throw new StartException("port " + config.apiPort()
                    + " on 127.0.0.1 is in use; choose another with --port, or 0 for a free one", e);
        }
    }

    private void requireFreeName() throws StartException, IOException {
        if (config.nodes() > 0 && ClusterNetwork.running(config.name())) {
            throw new StartException("a cluster \"" + config.name()
                    + "\" is running on this machine, with another state directory; choose another name with --name", null);
        }
    }

    private Optional<ClusterNetwork> makeNetwork() {
        if (config.nodes() == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(ClusterNetwork.create(config.name(), config.nodes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startApiServer(List<NodeParts> nodes) throws IOException {
        Store store = closing.add(Stores.open(config.store(), directory));
        InetAddress reachable = InetAddress.ofLiteral(ClusterNetwork.nodeAddress(1));
        List<InetAddress> addresses = config.nodes() == 0 ? List.of() : List.of(reachable);
        ApiServerConfig settings = ApiServerConfig.defaults(directory.path())
                .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), config.apiPort()))
                .withServing(List.of(), addresses)
                .withServiceCidrs(config.serviceCidrs())
                .withAnonymous(config.anonymousAuth())
                .withAdvertisedEndpoints(addresses.stream().map(each -> new InetSocketAddress(each, NODE_API_PORT)).toList());
        server = closing.add(ApiServer.builder(settings, store)
                .hooks(Hooks.BUILTIN.withLogs(new AgentLogs(nodes)))
                .start());
        client = new ApiClient(closing.add(server.transport("fairway")));
        Pki.writePrivate(directory.kubeconfig(), server.adminKubeconfig());
    }

    private void startControllers() {
        ApiClient controllers = new ApiClient(server.transport("kube-controller-manager"));
        ControllerConfig settings = ControllerConfig.DEFAULT.withRootCa(server.pki().authorityPem());
        if (config.store() instanceof ClusterConfig.StoreChoice.Etcd) {
            // Several servers may share this store; one set of controllers works at a time.
            settings = settings.withLeaderElection(LeaderElectionConfig.of(config.name() + "-" + ProcessHandle.current().pid()));
        }
        closing.add(new ControllerManager(controllers, settings).start());
    }

    private void startNodes(ClusterNetwork made, List<NodeParts> nodes) throws IOException, InterruptedException, StartException {
        Path proxyConfig = directory.path().resolve("kube-proxy.kubeconfig");
        Pki.writePrivate(proxyConfig, server.kubeconfig("kube-proxy", PROXY_USER, List.of("system:node-proxier"), server.url()));
        Runtimes runtimes = closing.add(Runtimes.open());
        closing.add(ApiRelay.start(made.nodes().getFirst(), NODE_API_PORT, server.port()));
        List<CompletableFuture<NodeParts>> starting = new ArrayList<>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < made.nodes().size(); i++) {
                NodeParts parts = closing.add(new NodeParts(made.nodes().get(i), "z" + (i + 1), server, proxyConfig, runtimes, config.proxyMode()));
                nodes.add(parts);
                starting.add(CompletableFuture.supplyAsync(parts::start, executor));
            }
            starting.forEach(CompletableFuture::join);
        }
        if (config.publishNodePorts()) {
            closing.add(NodePortPublisher.start(client, made.outside(), made.nodes().getFirst().address()));
        }
        for (NodeParts parts : nodes) {
            if (!parts.awaitReady(READY_PATIENCE)) {
                throw new StartException("node " + parts.network().name() + " was not ready within " + READY_PATIENCE.toSeconds() + " s", null);
            }
        }
    }

    /** What another process needs to know of this cluster. */
    public RunState state() {
        List<RunState.NodeState> nodes = network.stream()
                .flatMap(made -> made.nodes().stream())
                .map(node -> new RunState.NodeState(node.name(), node.namespace().name(),
                        node.address().getHostAddress(), node.podCidr().toString()))
                .toList();
        return new RunState(ProcessHandle.current().pid(), server.url(), kubeconfig().toString(), nodes,
                network.map(made -> made.outside().name()).orElse(""));
    }

    /** The file that grants an administrator's access, by a client certificate. */
    public Path kubeconfig() {
        return directory.kubeconfig();
    }

    /** The API with every right, without a socket in between. */
    public ApiClient client() {
        return client;
    }

    /** Why the API server of a running cluster is not ready, in a few words; empty if it is. */
    public static Optional<String> unready(RunState state) {
        try (HttpTransport transport = new HttpTransport(ClientConfig.fromKubeconfig(Path.of(state.kubeconfig())));
                ApiResponse response = transport.send(ApiRequest.get("/readyz"))) {
            return response.status() == 200
                    ? Optional.empty()
                    : Optional.of(new String(response.body().readAllBytes(), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return Optional.of(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** The namespaces that a cluster of this name has, or has left behind. */
    public static List<String> leftovers(String name) throws IOException {
        return ClusterNetwork.leftovers(name);
    }

    /** Removes what a killed cluster of this name left behind; false if there was nothing. */
    public static boolean removeLeftovers(String name) throws IOException {
        return ClusterNetwork.removeLeftovers(name);
    }

    @Override
    public void close() {
        if (server != null) {
            server.stopping();
        }
        closing.close();
    }
}
