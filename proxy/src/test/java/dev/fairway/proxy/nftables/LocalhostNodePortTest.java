package dev.fairway.proxy.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.proxy.ConnectionLoop;
import dev.fairway.proxy.Objects;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServicePort;
import dev.fairway.proxy.state.ProxyOptions;
import dev.fairway.testkit.Prober;
import dev.fairway.testkit.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Node ports on 127.0.0.1, which kube-proxy's mode nftables does not serve, behind the feature gate. */
class LocalhostNodePortTest {
    private static final Service WEB = Objects.service("web", "10.100.0.10", new ServicePort("", Protocol.TCP, 80, 30_080));
    private static final Service LOCAL = new Service(Objects.key("local"), true, List.of(IpAddress.of("10.100.0.11")),
            List.of(new ServicePort("", Protocol.TCP, 81, 30_081)), List.of(), List.of(), List.of(), 0, true, false, 0);
    private static final List<EndpointSlice> SLICES = List.of(Objects.slice("web", "10.180.0.11", "10.180.1.11"),
            Objects.slice("local", "10.180.0.12"));

    private static ProxyOptions options(boolean served, List<String> addresses) {
        return new ProxyOptions(Rig.OPTIONS.detectLocal(), addresses, false, 14, served, false, Duration.ofMillis(20),
                Duration.ofSeconds(30));
    }

    @Test
    void areServedWhereTheyAreWanted() throws Exception {
        try (var topology = ConnectionLoop.prepare(Topology.create())) {
            for (var addresses : List.of(List.<String>of(), List.of("primary"), List.of("127.0.0.0/8"))) {
                try (var rig = Rig.start(topology.node(), options(true, addresses), Set.of(IpFamily.IPV4), List.of(WEB, LOCAL), SLICES)) {
                    rig.awaitSynced();
                    var host = Prober.from(topology.node());
                    assertEquals(Set.of("pa1", "pb1"), host.tcp("127.0.0.1", 30_080).endpoints().keySet(), addresses::toString);
                    assertEquals(Set.of("pa2"), host.tcp("127.0.0.1", 30_081).endpoints().keySet(), addresses::toString);
                }
            }
        }
    }

    @Test
    void areRefusedOtherwise() throws Exception {
        try (var topology = ConnectionLoop.prepare(Topology.create())) {
            for (var options : List.of(options(false, List.of()), options(true, List.of("172.21.0.0/24")))) {
                try (var rig = Rig.start(topology.node(), options, Set.of(IpFamily.IPV4), List.of(WEB, LOCAL), SLICES)) {
                    rig.awaitSynced();
                    assertEquals(Set.of("refused"), Prober.from(topology.node()).tcp("127.0.0.1", 30_080).failures());
                }
            }
        }
    }
}
