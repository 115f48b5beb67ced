package dev.fairway.proxy.nftables;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.nftables.Nftables;
import dev.fairway.proxy.NodeProxy;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.SyncReport;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.ProxyOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy in mode nftables with the objects that it starts with, and what its syncs did. */
final class Rig implements AutoCloseable, SyncListener {
    static final ProxyOptions OPTIONS = NftablesTrafficTest.options(new Scenario("clusterip-one"));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final NetworkNamespace namespace;
    private final NodeProxy proxy;
    private final List<SyncReport> reports = new CopyOnWriteArrayList<>();

    private Rig(NetworkNamespace namespace, ProxyOptions options, Set<IpFamily> families) throws IOException {
        this.namespace = namespace;
        proxy = new NodeProxy(Scenario.NODE.name(), options, NftablesDataplane.open(options, families, Optional.of(namespace)),
                List::of, this);
    }

    static Rig start(NetworkNamespace namespace, List<Service> services, List<EndpointSlice> slices)
            throws IOException, InterruptedException {
        return start(namespace, OPTIONS, Set.of(IpFamily.IPV4), services, slices);
    }

    static Rig start(NetworkNamespace namespace, ProxyOptions options, Set<IpFamily> families, List<Service> services,
            List<EndpointSlice> slices) throws IOException, InterruptedException {
        var rig = new Rig(namespace, options, families);
        rig.proxy.put(Scenario.NODE);
        rig.proxy.start();
        rig.proxy.replaceServices(services);
        rig.proxy.replaceSlices(slices);
        rig.awaitSynced();
        return rig;
    }

    static Rig start(NetworkNamespace namespace, Scenario scenario) throws IOException, InterruptedException {
        return start(namespace, NftablesTrafficTest.options(scenario), Set.of(IpFamily.values()), scenario.services(),
                scenario.slices());
    }

    @Override
    public void synced(SyncReport report) {
        reports.add(report);
    }

    NodeProxy proxy() {
        return proxy;
    }

    SyncReport last() {
        return reports.getLast();
    }

    int reports() {
        return reports.size();
    }

    void awaitSynced() throws InterruptedException {
        assertTrue(proxy.awaitSynced(PATIENCE));
    }

    /** What the kernel holds of Fairway's, in one address family. */
    static Content content(NetworkNamespace namespace, IpFamily family) {
        var node = NodeState.of(OPTIONS, family, Scenario.NODE, List.of());
        try (var nftables = Nftables.open(namespace)) {
            return Content.of(new KernelReader(nftables,
                    new Skeleton(Layout.of(family), NftablesOptions.of(OPTIONS), node)).read());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Whether the table is there and holds this; while it is being mended it may not even be listed. */
    boolean holds(Content wanted) {
        try {
            return content().equals(wanted);
        } catch (UncheckedIOException changing) {
            return false;
        }
    }

    Content content() {
        return content(namespace, IpFamily.IPV4);
    }

    /** Somebody else's command. */
    static void nft(NetworkNamespace namespace, String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("nft"));
        command.addAll(List.of(words));
        var process = namespace.processBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor() == 0, () -> String.join(" ", command) + ": " + output);
    }

    @Override
    public void close() {
        proxy.close();
    }
}
