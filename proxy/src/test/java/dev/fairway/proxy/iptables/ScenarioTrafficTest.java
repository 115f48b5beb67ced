package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.proxy.LocalAddresses;
import dev.fairway.proxy.NodeProxy;
import dev.fairway.proxy.RecordedTraffic;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.testkit.Topology;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real packets go where they went with kube-proxy, for each recorded scenario. Each scenario takes over the rules that the
 * one before has left.
 */
class ScenarioTrafficTest {
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
        try (NodeProxy proxy = new NodeProxy(Scenario.NODE.name(), scenario.options(),
                IptablesDataplane.open(scenario.options(), Set.of(IpFamily.values()), Optional.of(topology.node())),
                LocalAddresses.ofKernel(Optional.of(topology.node())), SyncListener.NONE)) {
            proxy.put(Scenario.NODE);
            proxy.start();
            proxy.replaceServices(scenario.services());
            proxy.replaceSlices(scenario.slices());
            assertTrue(proxy.awaitSynced(Duration.ofSeconds(30)));
            RecordedTraffic.assertGoesAsRecorded(scenario, "iptables", topology);
        }
    }
}
