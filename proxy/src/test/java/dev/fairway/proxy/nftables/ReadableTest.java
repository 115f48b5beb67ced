package dev.fairway.proxy.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.kube.Json;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.Objects;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.model.EndpointPort;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServicePort;
import dev.fairway.testkit.TestNamespaces;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the stock nft command shows: people can follow it, programs can parse it, and nft itself takes it back. */
class ReadableTest {
    @RegisterExtension
    final TestNamespaces namespaces = new TestNamespaces("fwread");

    @TempDir
    Path directory;

    static Stream<Scenario> scenarios() {
        return Scenario.all();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void nftTakesItsListingBack(Scenario scenario) throws Exception {
        var namespace = namespaces.create();
        Rig.start(namespace, scenario).close();
        assertComesBack(namespace);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void nftTakesTheListingOfAnyClusterBack(long seed) throws Exception {
        var random = new Random(seed);
        var services = IntStream.rangeClosed(1, 20).mapToObj(i -> Objects.random(random, "s" + i, i)).toList();
        var slices = IntStream.rangeClosed(1, 20).mapToObj(i -> Objects.randomSlice(random, "s" + i, 1)).toList();
        var namespace = namespaces.create();
        Rig.start(namespace, Rig.OPTIONS, Set.of(IpFamily.values()), services, slices).close();
        assertComesBack(namespace);
    }

    private void assertComesBack(NetworkNamespace namespace) throws Exception {
        var listing = nft(namespace, "list", "ruleset");
        var copy = namespaces.create();
        var file = Files.writeString(directory.resolve("listing.nft"), listing);
        nft(copy, "-f", file.toString());
        for (var family : IpFamily.values()) {
            assertEquals(Rig.content(namespace, family), Rig.content(copy, family));
        }
        assertEquals(sorted(listing), sorted(nft(copy, "list", "ruleset")));
        var json = Json.mapper().readTree(nft(namespace, "-j", "list", "ruleset")).path("nftables");
        assertTrue(json.size() > 40, () -> "objects: " + json.size());
    }

    /** Elements come in no order, on as many lines as they need. */
    private static List<String> sorted(String listing) {
        return Stream.of(listing.split("[\\s,]+")).sorted().toList();
    }

    @Test
    void aServiceCanBeFollowed() throws Exception {
        var web = new Service(Objects.key("web"), true, List.of(IpAddress.of("10.100.0.10")),
                List.of(new ServicePort("http", Protocol.TCP, 80, 30_080)), List.of(), List.of(IpAddress.of("203.0.113.9")),
                List.of(IpCidr.of("198.51.100.0/24")), 0, false, false, 0);
        var slice = Objects.randomSlice(new Random(1), "web", 1);
        var named = new EndpointSlice(slice.key(), slice.service(), true,
                List.of(new EndpointPort("http", Protocol.TCP, 8080)),
                Objects.slice("web", "10.180.0.11", "10.180.1.11").endpoints(), List.of(), 0);
        var namespace = namespaces.create();
        Rig.start(namespace, Rig.OPTIONS, Set.of(IpFamily.IPV4),
                List.of(web, Objects.service("idle", "10.100.0.11")), List.of(named)).close();
        var listing = nft(namespace, "list", "table", "ip", NftablesDataplane.TABLE).replaceAll("\\s+", " ");
        for (var expected : List.of(
                "comment \"rules for Kubernetes Services, kept by Fairway\"",
                "10.100.0.10 . tcp . 80 comment \"shop/web:http\" : goto cluster-ip-2",
                "203.0.113.9 . tcp . 80 comment \"shop/web:http\" : goto external-2",
                "tcp . 30080 comment \"shop/web:http\" : goto nodeport-2",
                "10.100.0.10 . tcp . 80 . 0 : 10.180.0.11 . 8080",
                "10.100.0.10 . tcp . 80 . 1 : 10.180.1.11 . 8080",
                "203.0.113.9 . tcp . 80 . 198.51.100.0/24",
                "chain cluster-ip-2 { ip saddr != 10.180.0.0/16",
                "goto draw-service-2",
                "dnat ip to ip daddr . meta l4proto . th dport . numgen random mod 2 map @service-endpoints",
                "elements = { 10.100.0.11 . tcp . 80 }")) {
            assertTrue(listing.contains(expected), () -> expected + " in " + listing);
        }
    }

    private static String nft(NetworkNamespace namespace, String... words) throws Exception {
        var command = new ArrayList<>(List.of("nft"));
        command.addAll(List.of(words));
        var process = namespace.processBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + output);
        return output;
    }
}
