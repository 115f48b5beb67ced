package dev.fairway.proxy.nftables;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.proxy.LocalAddresses;
import dev.fairway.proxy.NodeProxy;
import dev.fairway.proxy.RecordedTraffic;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.NodePortRange;
import dev.fairway.proxy.state.ProxyOptions;
import dev.fairway.testkit.Topology;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real packets go where they went with kube-proxy in mode nftables, for each recorded scenario. Each scenario takes over the
 * table that the one before has left.
 */
class NftablesTrafficTest {
    private static Topology topology;

    static Stream<Scenario> scenarios() {
        return Scenario.all();
    }

    @BeforeAll
    static void build() throws IOException {
        topology = RecordedTraffic.topology();
    }

    @AfterAll
    static void remove() throws IOException {
        topology.close();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void packetsGoWhereTheyWentWithKubeProxy(Scenario scenario) throws Exception {
        var options = options(scenario);
        try (var proxy = new NodeProxy(Scenario.NODE.name(), options,
                NftablesDataplane.open(options, Set.of(IpFamily.values()), Optional.of(topology.node())),
                LocalAddresses.ofKernel(Optional.of(topology.node())), SyncListener.NONE)) {
            proxy.put(Scenario.NODE);
            proxy.start();
            proxy.replaceServices(scenario.services());
            proxy.replaceSlices(scenario.slices());
            assertTrue(proxy.awaitSynced(Duration.ofSeconds(60)));
            RecordedTraffic.assertGoesAsRecorded(scenario, "nftables", topology);
        }
    }

    /** In this mode node ports listen on the node's own addresses unless told otherwise. */
    static ProxyOptions options(Scenario scenario) {
        var options = scenario.options();
        return new ProxyOptions(options.detectLocal(),
                options.nodePortAddresses().isEmpty() ? List.of(NodePortRange.PRIMARY) : options.nodePortAddresses(),
                options.masqueradeAll() || scenario.json("config.json").path("nftables.masqueradeAll").asBoolean(false),
                14, false, false, Duration.ofMillis(20), Duration.ofSeconds(30));
    }
}
