package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.proxy.NodeProxy;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.SyncListener;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.testkit.TestNamespaces;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole proxy leaves in the kernel, for each recorded scenario, what kube-proxy left there. */
class ScenarioKernelTest {
    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwscen");

    static Stream<Scenario> scenarios() {
        return Scenario.all();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void kernelHoldsTheRecording(Scenario scenario) throws Exception {
        Kernel kernel = new Kernel(namespaces.create());
        List<IpAddress> addresses = List.of(IpAddress.of("127.0.0.1"), IpAddress.of("172.21.0.2"));
        try (NodeProxy proxy = new NodeProxy(Scenario.NODE.name(), scenario.options(),
                IptablesDataplane.open(scenario.options(), Set.of(IpFamily.values()), Optional.of(kernel.namespace())),
                () -> addresses, SyncListener.NONE)) {
            proxy.put(Scenario.NODE);
            proxy.start();
            proxy.replaceServices(scenario.services());
            proxy.replaceSlices(scenario.slices());
            assertTrue(proxy.awaitSynced(Duration.ofSeconds(30)));
        }
        assertEquals(recorded(scenario, "iptables.ipv4.txt"), kernel.rules(IpFamily.IPV4));
        assertEquals(recorded(scenario, "iptables.ipv6.txt"), kernel.rules(IpFamily.IPV6));
    }

    private static String recorded(Scenario scenario, String file) throws IOException {
        return Rulesets.text(SavedRules.parse(new BufferedReader(new StringReader(scenario.text(file)))));
    }
}
