package dev.fairway.proxy.server;

import dev.fairway.kube.informer.Reflector;
import dev.fairway.proxy.NodeProxy;
import dev.fairway.proxy.config.DetectLocalMode;
import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.model.NodeDecoder;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Follows the proxy's own Node, and holds back everything else until it is known: rules made for a node of unknown zone,
 * address or Pod block would have to be changed at once.
 */
final class NodeWatch implements Reflector.Listener<NodeWatch.Seen> {
    private static final System.Logger LOG = System.getLogger(NodeWatch.class.getName());

    /** kube-proxy's patience with a Node that is not there. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** kube-proxy's patience with a Node without a Pod block, where one is needed. */
    private static final Duration POD_CIDR_PATIENCE = Duration.ofMinutes(5);

    /** The taint of a node that is about to be removed; load balancers should not use it any more. */
    private static final String TO_BE_DELETED = "ToBeDeletedByClusterAutoscaler";

    /**
     * A version of the Node.
     *
     * @param leaving deleted, or marked to be
     */
    record Seen(Node node, boolean leaving) {}

    private final ProxyConfig config;
    private final NodeProxy proxy;
    private final CountDownLatch known = new CountDownLatch(1);
    private volatile boolean eligible;
    private volatile Node last;

    NodeWatch(ProxyConfig config, NodeProxy proxy) {
        this.config = config;
        this.proxy = proxy;
        this.last = Node.unknown("");
    }

    /** The Node as it was last seen. */
    Node last() {
        return last;
    }

    static Seen decode(JsonNode json) {
        JsonNode metadata = json.path("metadata");
        boolean leaving = !metadata.path("deletionTimestamp").asString("").isEmpty()
                || json.path("spec").path("taints").valueStream()
                        .anyMatch(taint -> taint.path("key").asString("").equals(TO_BE_DELETED));
        return new Seen(NodeDecoder.decode(json), leaving);
    }

    @Override
    public void replaced(List<Seen> items) {
        if (items.isEmpty()) {
            gone();
        } else {
            items.forEach(this::seen);
        }
    }

    @Override
    public void changed(Reflector.Change change, Seen item) {
        switch (change) {
            case ADDED, MODIFIED -> seen(item);
            case DELETED -> gone();
        }
    }

    private void seen(Seen item) {
        eligible = !item.leaving();
        last = withBindAddress(item.node());
        proxy.put(last);
        if (!needsPodCidr() || !item.node().podCidrs().isEmpty()) {
            known.countDown();
        }
    }

    private void gone() {
        eligible = false;
    }

    /** A {@code bindAddress} that is one address stands in for the Node's own of that family. */
    private Node withBindAddress(Node node) {
        IpAddress bind = IpAddress.of(config.bindAddress());
        if (bind.isUnspecified()) {
            return node;
        }
        List<IpAddress> addresses = Stream.concat(Stream.of(bind),
                node.addresses().stream().filter(address -> address.family() != bind.family())).toList();
        return new Node(node.name(), node.zone(), addresses, node.podCidrs());
    }

    private boolean needsPodCidr() {
        return config.localMode() == DetectLocalMode.NODE_CIDR;
    }

    /** Whether load balancers may send traffic here. */
    boolean eligible() {
        return eligible;
    }

    /**
     * Waits for the Node, or for as long as kube-proxy would.
     *
     * @return false if the proxy cannot go on without it
     */
    boolean await(String name) throws InterruptedException {
        Duration patience = needsPodCidr() ? POD_CIDR_PATIENCE : PATIENCE;
        if (known.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            return true;
        }
        if (needsPodCidr()) {
            return false;
        }
        LOG.log(Level.WARNING, "Node {0} is not known to the API server; going on without its address and zone", name);
        known.countDown();
        return true;
    }
}
