package dev.fairway.proxy;

import dev.fairway.kube.Json;
import dev.fairway.proxy.change.ChangeTracker;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.EndpointSliceDecoder;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServiceDecoder;
import dev.fairway.proxy.state.ProxyOptions;
import dev.fairway.proxy.state.ProxyOptions.DetectLocal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** One recording of a real kube-proxy v1.36.2: what it was given, the rules it wrote, and where packets went. */
public record Scenario(String name) {
    private static final Path ROOT = Path.of("src/test/resources/scenarios");
    /** The node under test. */
    public static final Node NODE = new Node("node-a", "z1",
            List.of(IpAddress.of("172.21.0.2"), IpAddress.of("fd21::2")),
            List.of(IpCidr.of("10.180.0.0/24"), IpCidr.of("fd18:0::/64")));

    public static Stream<Scenario> all() {
        try (var folders = Files.list(ROOT)) {
            return folders.map(folder -> new Scenario(folder.getFileName().toString())).sorted(
                    (a, b) -> a.name.compareTo(b.name)).toList().stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public String text(String file) {
        try {
            return Files.readString(ROOT.resolve(name).resolve(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public JsonNode json(String file) {
        return Json.mapper().readTree(text(file));
    }

    public List<Service> services() {
        return objects("Service").map(ServiceDecoder::decode).toList();
    }

    public List<EndpointSlice> slices() {
        return objects("EndpointSlice").map(EndpointSliceDecoder::decode).toList();
    }

    /** All that the node's proxy hears of. */
    public ChangeTracker tracker() {
        ChangeTracker tracker = new ChangeTracker(NODE.name());
        tracker.put(NODE);
        services().forEach(tracker::put);
        slices().forEach(tracker::put);
        return tracker;
    }

    private Stream<JsonNode> objects(String kind) {
        return json("objects.json").values().stream().filter(object -> object.path("kind").asString("").equals(kind));
    }

    /** The recording's configuration: the common one with the scenario's differences. */
    public ProxyOptions options() {
        JsonNode config = json("config.json");
        List<String> nodePortAddresses = new ArrayList<>();
        config.path("nodePortAddresses").forEach(node -> nodePortAddresses.add(node.stringValue()));
        return new ProxyOptions(
                detectLocal(config),
                nodePortAddresses,
                config.path("iptables.masqueradeAll").asBoolean(false),
                14,
                config.path("iptables.localhostNodePorts").asBoolean(true),
                false,
                Duration.ofMillis(100),
                Duration.ofSeconds(30));
    }

    private static DetectLocal detectLocal(JsonNode config) {
        String mode = config.path("detectLocalMode").asString("ClusterCIDR");
        return switch (mode) {
            case "ClusterCIDR" -> new DetectLocal.ByClusterCidr(List.of(IpCidr.of("10.180.0.0/16"), IpCidr.of("fd18::/32")));
            case "NodeCIDR" -> new DetectLocal.ByNodeCidr();
            case "BridgeInterface" -> new DetectLocal.ByBridgeInterface(
                    config.path("detectLocal").path("bridgeInterface").stringValue());
            case "InterfaceNamePrefix" -> new DetectLocal.ByInterfaceNamePrefix(
                    config.path("detectLocal").path("interfaceNamePrefix").stringValue());
            default -> throw new IllegalArgumentException(mode);
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
