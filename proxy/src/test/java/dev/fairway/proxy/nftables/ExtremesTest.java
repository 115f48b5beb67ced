package dev.fairway.proxy.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.ObjectKey;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.Objects;
import dev.fairway.proxy.model.EndpointPort;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServicePort;
import dev.fairway.testkit.TestNamespaces;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Services at the edge of what the API allows, and beyond what is usual: the kernel holds what a fresh start would write. */
class ExtremesTest {
    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwext");

    private NetworkNamespace namespace;

    @BeforeEach
    void create() throws Exception {
        namespace = namespaces.create();
    }

    private void assertAsFromScratch(Rig rig, List<Service> services, List<EndpointSlice> slices) throws Exception {
        rig.awaitSynced();
        assertEquals(Map.of(), rig.last().result().failed());
        var fresh = namespaces.create();
        Rig.start(fresh, services, slices).close();
        var content = rig.content();
        assertEquals(List.of(), content.flaws());
        assertEquals(Rig.content(fresh, IpFamily.IPV4), content);
        fresh.delete();
    }

    private static String[] addresses(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> "10.180." + i / 250 + "." + (1 + i % 250)).toArray(String[]::new);
    }

    @Test
    void aServiceOfThousandsOfPorts() throws Exception {
        var ports = IntStream.range(0, 3_000).mapToObj(i ->
                new ServicePort("p" + i, Protocol.values()[i % 3], 1_000 + i, 30_000 + i % 2_700)).toList();
        var wide = new Service(Objects.key("wide"), true, List.of(IpAddress.of("10.100.0.10")), ports,
                List.of(IpAddress.of("198.51.100.7")), List.of(), List.of(), 0, true, false, 0);
        var slice = wide(Objects.slice("wide", addresses(0, 2)), ports);
        try (var rig = Rig.start(namespace, List.of(wide), List.of(slice))) {
            assertAsFromScratch(rig, List.of(wide), List.of(slice));
            var more = wide(Objects.slice("wide", addresses(0, 3)), ports);
            rig.proxy().put(more);
            assertAsFromScratch(rig, List.of(wide), List.of(more));
            rig.proxy().removeService(wide.key());
            assertAsFromScratch(rig, List.of(), List.of());
        }
    }

    private static EndpointSlice wide(EndpointSlice slice, List<ServicePort> ports) {
        return new EndpointSlice(slice.key(), slice.service(), true,
                ports.stream().map(port -> new EndpointPort(port.name(), port.protocol(), 8080)).toList(),
                slice.endpoints(), List.of(), 0);
    }

    @Test
    void aServiceOfTenThousandEndpoints() throws Exception {
        var web = Objects.service("web", "10.100.0.10");
        try (var rig = Rig.start(namespace, List.of(web), List.of(Objects.slice("web", addresses(0, 10_000))))) {
            for (int count : new int[] {10_001, 9_999, 8_192, 8_193, 4_095, 1, 0, 2, 10_000}) {
                var slice = Objects.slice("web", addresses(0, count));
                rig.proxy().put(slice);
                assertAsFromScratch(rig, List.of(web), List.of(slice));
            }
        }
    }

    @Test
    void addressesAndEndpointsChangeHandsAtOnce() throws Exception {
        int count = 12;
        var random = new Random(7);
        try (var rig = Rig.start(namespace, List.of(), List.of())) {
            var order = new ArrayList<>(IntStream.rangeClosed(1, count).boxed().toList());
            for (int round = 0; round < 20; round++) {
                Collections.shuffle(order, random);
                var services = new ArrayList<Service>();
                var slices = new ArrayList<EndpointSlice>();
                for (int i = 0; i < count; i++) {
                    int other = order.get(i);
                    var port = new ServicePort("", Protocol.TCP, 80, 30_000 + other);
                    services.add(new Service(Objects.key("s" + i), true, List.of(IpAddress.of("10.100.0." + other)),
                            List.of(port), List.of(IpAddress.of("198.51.100." + other)),
                            List.of(IpAddress.of("203.0.113." + other)), List.of(IpCidr.of("10." + other + ".0.0/16")),
                            other % 3 == 0 ? 600 : 0, other % 2 == 0, false, 0));
                    slices.add(Objects.slice("s" + i, addresses(other * 3, other % 4)));
                }
                rig.proxy().replaceServices(services);
                rig.proxy().replaceSlices(slices);
                assertAsFromScratch(rig, services, slices);
            }
        }
    }

    @Test
    void endpointsThatComeAndGoFast() throws Exception {
        var web = Objects.service("web", "10.100.0.10", new ServicePort("", Protocol.TCP, 80, 30_080));
        var sticky = Objects.sticky("sticky", "10.100.0.11");
        try (var rig = Rig.start(namespace, List.of(web, sticky), List.of())) {
            for (int i = 0; i < 300; i++) {
                rig.proxy().put(Objects.slice("web", addresses(0, i % 2)));
                rig.proxy().put(Objects.slice("sticky", addresses(i % 5, i % 3)));
            }
            var last = List.of(Objects.slice("web", addresses(0, 1)), Objects.slice("sticky", addresses(299 % 5, 299 % 3)));
            assertAsFromScratch(rig, List.of(web, sticky), last);
        }
    }

    @Test
    void theLongestNames() throws Exception {
        var key = new ObjectKey("n".repeat(63), "s".repeat(63));
        var twin = new ObjectKey("n".repeat(63), "s".repeat(62) + "t");
        var services = new ArrayList<Service>();
        var slices = new ArrayList<EndpointSlice>();
        int number = 10;
        for (var name : List.of(key, twin)) {
            for (int affinity : new int[] {0, 86_400}) {
                var own = affinity == 0 ? name : new ObjectKey("m".repeat(63), name.name());
                var ports = List.of(new ServicePort("p".repeat(63), Protocol.SCTP, 65_535, 32_000 + number),
                        new ServicePort("p".repeat(62) + "q", Protocol.TCP, 65_535, 32_000 + number));
                services.add(new Service(own, true, List.of(IpAddress.of("10.100.0." + number++)), ports, List.of(), List.of(),
                        List.of(), affinity, true, true, 0));
                var slice = Objects.slice("x", addresses(0, 3));
                slices.add(wide(new EndpointSlice(new ObjectKey(own.namespace(), own.name() + "-1"), own, true, List.of(),
                        slice.endpoints(), List.of(), 0), ports));
            }
        }
        try (var rig = Rig.start(namespace, services, slices)) {
            assertAsFromScratch(rig, services, slices);
            Rig.nft(namespace, "list", "ruleset");
            assertTrue(rig.content().lists().size() > 4, () -> rig.content().lists().toString());
        }
    }
}
