package dev.fairway.proxy.server;

import dev.fairway.kube.ResourceType;
import dev.fairway.kube.client.ApiClient;
import dev.fairway.kube.client.ApiTransport;
import dev.fairway.kube.client.Query;
import dev.fairway.kube.client.RequestObserver;
import dev.fairway.kube.informer.Reflector;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.Dataplane;
import dev.fairway.proxy.LocalAddresses;
import dev.fairway.proxy.NodeProxy;
import dev.fairway.proxy.cleanup.Takeover;
import dev.fairway.proxy.config.HostPort;
import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.proxy.conntrack.KernelSettings;
import dev.fairway.proxy.conntrack.StaleFlows;
import dev.fairway.proxy.conntrack.Sysctls;
import dev.fairway.proxy.events.ProxyEvents;
import dev.fairway.proxy.health.ProxyHealth;
import dev.fairway.proxy.health.ServiceHealth;
import dev.fairway.proxy.iptables.PacketCounters;
import dev.fairway.proxy.metrics.ProxyMetrics;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.EndpointSliceDecoder;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServiceDecoder;
import dev.fairway.proxy.state.ProxyOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The node proxy with everything around it: it follows the API server, programs the kernel of one network namespace, and
 * serves health and metrics from inside it. Several may run in one process, each for its own node and namespace.
 *
 * <p>Closing it leaves the rules in the kernel, so that traffic goes on. While the API server is away nothing changes.
 */
public final class ProxyServer implements AutoCloseable {
    /** The objects that are left to others: headless, or with a proxy of their own. */
    private static final Query PROXIED =
            Query.labels("!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name");

    /** Makes the way to the API server. */
    @FunctionalInterface
    public interface Connector {
        /**
         * @param observer to be told of each request, for the metrics
         * @return what the server closes with itself
         */
        ApiTransport connect(RequestObserver observer) throws IOException;
    }

    /** Makes the dataplanes, one per address family. */
    @FunctionalInterface
    public interface DataplaneFactory {
        /** @param namespace empty for the process's own */
        List<Dataplane> open(ProxyConfig config, ProxyOptions options, Optional<NetworkNamespace> namespace)
                throws IOException;
    }

    /**
     * Which node a proxy serves.
     *
     * @param nodeName the Node's name
     * @param namespace the network namespace of the node; empty for the process's own
     */
    public record Place(String nodeName, Optional<NetworkNamespace> namespace) {}

    private final ProxyConfig config;
    private final Place place;
    private final ProxyMetrics metrics;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final NodeProxy proxy;

    /**
     * Starts a proxy.
     *
     * @param config a complete and valid configuration
     * @throws IOException if kernel settings, dataplanes or credentials fail; nothing is left running
     */
    public static ProxyServer start(ProxyConfig config, Place place, Connector connector, DataplaneFactory dataplanes)
            throws IOException {
        return new ProxyServer(config, place, connector, dataplanes);
    }

    private ProxyServer(ProxyConfig config, Place place, Connector connector, DataplaneFactory dataplanes)
            throws IOException {
        this.config = config;
        this.place = place;
        this.metrics = new ProxyMetrics(config.proxyMode(), InstantSource.system());
        boolean started = false;
        try {
            if (config.proxyMode() == ProxyMode.IPTABLES) {
                AccountedPackets accounted = new AccountedPackets(place.namespace());
                metrics.countPackets(accounted.of(PacketCounters.INVALID_DROPPED),
                        accounted.of(PacketCounters.LOCALHOST_NODE_PORTS));
            }
            KernelSettings kernel = new KernelSettings(new Sysctls(place.namespace()));
            kernel.apply(config, Runtime.getRuntime().availableProcessors());
            ApiTransport transport = keep(connector.connect(metrics));
            ApiClient client = new ApiClient(transport);
            ProxyEvents events = keep(new ProxyEvents(client, place.nodeName(), InstantSource.system()));
            ProxyHealth health = new ProxyHealth(InstantSource.system(), config.syncPeriod().multipliedBy(2));
            NodePortListeners listeners = new NodePortListeners(config, place);
            ServiceHealth serviceHealth = keep(new ServiceHealth(listeners, (service, port, why) ->
                    events.serviceHealthFailed(service, port, why.getMessage()), () -> health.report().healthy()));
            SetAside setAside = new SetAside(metrics, events);
            StaleFlows staleFlows = new StaleFlows(place.namespace(), metrics::conntrackReconciled);
            ProxyOptions options = OptionsOf.config(config, kernel.conntrackIsLiberal());
            List<Dataplane> planes = dataplanes.open(config, options, place.namespace());
            Takeover takeover = new Takeover(config.proxyMode(),
                    planes.stream().map(Dataplane::family).collect(Collectors.toSet()), place.namespace());
            proxy = keep(new NodeProxy(place.nodeName(), options, planes, LocalAddresses.ofKernel(place.namespace()),
                    new Listeners(List.of(staleFlows, metrics, health, serviceHealth, takeover, setAside)))).start();
            NodeWatch node = new NodeWatch(config, proxy);
            listeners.follow(node);
            follow(client, node, setAside);
            serve(health, node, events);
            events.starting();
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    private synchronized <T extends AutoCloseable> T keep(T resource) {
        open.push(resource);
        return resource;
    }

    private void follow(ApiClient client, NodeWatch node, SetAside setAside) {
        keep(new Reflector<>(client, ResourceType.NODES, "", Query.fields("metadata.name=" + place.nodeName()),
                NodeWatch::decode, node)).start();
        ObjectFeed.Gate gate = () -> {
            boolean known = node.await(place.nodeName());
            if (!known) {
                failure.completeExceptionally(new IOException("Node " + place.nodeName()
                        + " has no podCIDR, which detectLocalMode NodeCIDR needs"));
            }
            return known;
        };
        keep(new Reflector<>(client, ResourceType.SERVICES, "", PROXIED, ServiceDecoder::decode,
                new ObjectFeed<>(new ObjectFeed.Sink<Service>("Service", Service::key, _ -> List.of(), proxy::replaceServices,
                        proxy::put, proxy::removeService, metrics::serviceChanged), gate, setAside))).start();
        keep(new Reflector<>(client, ResourceType.ENDPOINT_SLICES, "", PROXIED, EndpointSliceDecoder::decode,
                new ObjectFeed<>(new ObjectFeed.Sink<EndpointSlice>("EndpointSlice", EndpointSlice::key,
                        EndpointSlice::setAside, proxy::replaceSlices, proxy::put, proxy::removeSlice,
                        metrics::endpointsChanged), gate, setAside)))
                .start();
    }

    private void serve(ProxyHealth health, NodeWatch node, ProxyEvents events) {
        HostPort.parse(config.healthzBindAddress()).ifPresent(at -> listen("healthz server", at,
                HealthPages.proxy(health, node::eligible, metrics),
                why -> events.serverFailed("FailedToStartProxierHealthcheck", why.getMessage())));
        HostPort.parse(config.metricsBindAddress()).ifPresent(at -> listen("metrics server", at,
                MetricsPages.of(config, metrics),
                why -> events.serverFailed("FailedToStartMetricServer", why.getMessage())));
    }

    private void listen(
            String name, HostPort at, Map<String, HttpListener.Handler> pages, Consumer<IOException> onFailure) {
        Consumer<IOException> fatal = why -> {
            onFailure.accept(why);
            failure.completeExceptionally(new IOException(name + " cannot listen on " + at + ": " + why.getMessage(), why));
        };
        keep(new RetryingServer(name + " on " + at, () -> HttpListener.open(place.namespace(), at, pages),
                config.bindAddressHardFail() ? fatal : null));
    }

    public ProxyMetrics metrics() {
        return metrics;
    }

    /** Fails when the proxy cannot go on, and never completes otherwise. */
    public CompletableFuture<Void> failure() {
        return failure.copy();
    }

    /**
     * Waits until everything that the API server has sent so far is in the kernel.
     *
     * @return false when {@code timeout} passed before
     */
    public boolean awaitSynced(Duration timeout) throws InterruptedException {
        return proxy.awaitSynced(timeout);
    }

    /** Stops following and serving; the rules stay. */
    @Override
    public synchronized void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.getLogger(ProxyServer.class.getName()).log(System.Logger.Level.WARNING, "closing the proxy", e);
            }
        }
    }
}
