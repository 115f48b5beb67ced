package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.Dataplane;
import dev.fairway.proxy.NodeProxy;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.SyncReport;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.state.ProxyOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy with the objects that it starts with, and what its syncs did. */
final class Rig implements AutoCloseable, SyncListener {
    static final ProxyOptions OPTIONS = new Scenario("clusterip-one").options();

    private final NodeProxy proxy;
    private final List<SyncReport> reports = new CopyOnWriteArrayList<>();

    Rig(List<Dataplane> dataplanes, List<Service> services, List<EndpointSlice> slices) throws InterruptedException {
        proxy = new NodeProxy(Scenario.NODE.name(), OPTIONS, dataplanes, List::of, this);
        proxy.put(Scenario.NODE);
        proxy.start();
        proxy.replaceServices(services);
        proxy.replaceSlices(slices);
        awaitSynced();
    }

    /** IPv4 only, in a namespace. */
    static Rig start(NetworkNamespace namespace, List<Service> services, List<EndpointSlice> slices)
            throws IOException, InterruptedException {
        return new Rig(IptablesDataplane.open(OPTIONS, Set.of(IpFamily.IPV4), Optional.of(namespace)), services, slices);
    }

    @Override
    public void synced(SyncReport report) {
        reports.add(report);
    }

    NodeProxy proxy() {
        return proxy;
    }

    List<SyncReport> reports() {
        return reports;
    }

    SyncReport last() {
        return reports.getLast();
    }

    /** The rules written by all syncs so far. */
    int rulesWritten() {
        return reports.stream().flatMap(report -> report.result().rulesWritten().values().stream()).mapToInt(n -> n).sum();
    }

    void awaitSynced() throws InterruptedException {
        assertTrue(proxy.awaitSynced(Duration.ofSeconds(30)));
    }

    @Override
    public void close() {
        proxy.close();
    }
}
