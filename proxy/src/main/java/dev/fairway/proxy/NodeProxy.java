package dev.fairway.proxy;

import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.change.ChangeTracker;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.state.ProxyOptions;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The proxy of one node: takes events of Services, EndpointSlices and its Node, and keeps the kernel of one network
 * namespace to them. Nothing is written before the first complete lists of both Services and slices are in, so that a
 * restart never takes rules away.
 *
 * <p>Events may come from any thread and never wait for the kernel. Several proxies may live in one process, each with
 * dataplanes of its own namespace.
 */
public final class NodeProxy implements AutoCloseable {
    private static final Logger LOG = System.getLogger(NodeProxy.class.getName());

    private final ChangeTracker tracker;
    private final SyncLoop loop;
    private final List<FamilySync> families;
    private volatile boolean servicesListed;
    private volatile boolean slicesListed;

    /**
     * @param dataplanes one per address family that is proxied; closed with the proxy
     * @param addresses asked only where node ports are bound to some addresses
     */
    public NodeProxy(
            String nodeName,
            ProxyOptions options,
            List<? extends Dataplane> dataplanes,
            LocalAddresses addresses,
            SyncListener listener) {
        tracker = new ChangeTracker(nodeName);
        families = dataplanes.stream()
                .map(dataplane -> new FamilySync(dataplane, options, addresses, listener, tracker.node()))
                .toList();
        loop = new SyncLoop(nodeName, tracker, families, options);
    }

    /** Starts syncing, as soon as both lists are in, and watching the kernel. */
    public NodeProxy start() {
        Runnable disturbed = loop::disturbed;
        for (FamilySync family : families) {
            family.watch(disturbed);
        }
        loop.start();
        return this;
    }

    /** A new or changed Service. */
    public void put(Service service) {
        after(tracker.put(service));
    }

    /** A Service that is gone, or whose new version is set aside. */
    public void removeService(ObjectKey key) {
        after(tracker.removeService(key));
    }

    /** All Services there are: the result of a list. Those unknown to it are gone. */
    public void replaceServices(List<Service> services) {
        Set<ObjectKey> gone = new HashSet<>(tracker.serviceKeys());
        services.forEach(service -> {
            gone.remove(service.key());
            tracker.put(service);
        });
        gone.forEach(tracker::removeService);
        servicesListed = true;
        listed();
    }

    /** A new or changed slice. */
    public void put(EndpointSlice slice) {
        after(tracker.put(slice));
    }

    /** A slice that is gone, or whose new version is set aside. */
    public void removeSlice(ObjectKey key) {
        after(tracker.removeSlice(key));
    }

    /** All slices there are: the result of a list. Those unknown to it are gone. */
    public void replaceSlices(List<EndpointSlice> slices) {
        Set<ObjectKey> gone = new HashSet<>(tracker.sliceKeys());
        slices.forEach(slice -> {
            gone.remove(slice.key());
            tracker.put(slice);
        });
        gone.forEach(tracker::removeSlice);
        slicesListed = true;
        listed();
    }

    /** This proxy's own Node; others are passed over. */
    public void put(Node node) {
        if (!node.name().equals(tracker.node().name())) {
            LOG.log(Level.WARNING, "an event of node {0} came to the proxy of {1}", node.name(), tracker.node().name());
            return;
        }
        after(tracker.put(node));
    }

    /** Compares everything with the kernel soon. */
    public void requestReconcile() {
        loop.disturbed();
    }

    /**
     * Waits until all events so far are in the kernel.
     *
     * @return false when {@code timeout} passed before
     */
    public boolean awaitSynced(Duration timeout) throws InterruptedException {
        return loop.awaitIdle(timeout);
    }

    private void listed() {
        if (servicesListed && slicesListed) {
            loop.ready();
        }
    }

    private void after(boolean changed) {
        if (changed) {
            loop.changed();
        }
    }

    /** Stops syncing; the rules stay in the kernel. */
    @Override
    public void close() {
        loop.close();
        families.forEach(FamilySync::close);
    }
}
