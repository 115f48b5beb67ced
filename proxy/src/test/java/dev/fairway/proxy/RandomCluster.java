package dev.fairway.proxy;

import dev.fairway.proxy.model.Endpoint;
import dev.fairway.proxy.model.EndpointPort;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.Hints;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServicePort;
import dev.fairway.proxy.state.NodePortRange;
import dev.fairway.proxy.state.ProxyOptions;
import dev.fairway.proxy.state.ProxyOptions.DetectLocal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Services of every kind whose endpoints are the Pods and nodes of {@link dev.fairway.testkit.Topology}, and a
 * configuration; all of it follows from a seed.
 */
record RandomCluster(ProxyOptions options, List<Service> services, List<EndpointSlice> slices) {
    private static final int SERVICES = 8;
    /** Load balancer addresses from here on are the node's own. */
    private static final int FIRST_LOCAL_VIP = 200;
    private static final IpCidr CLUSTER4 = IpCidr.of("10.180.0.0/16");
    private static final IpCidr CLUSTER6 = IpCidr.of("fd18::/32");
    private static final List<String> RANGES = List.of("172.21.0.100/32", "172.21.0.0/24", "172.21.0.2/32", "10.180.0.0/16",
            "10.180.0.11/32", "10.180.0.8/29", "203.0.113.0/24", "192.0.2.0/24", "0.0.0.0/0", "fd21::100/128", "fd21::/64",
            "fd18::/32", "fd18::11/128", "2001:db8::/32", "::/0");

    static RandomCluster of(long seed) {
        Random random = new Random(seed);
        List<Service> services = new ArrayList<>();
        List<EndpointSlice> slices = new ArrayList<>();
        for (int i = 1; i <= SERVICES; i++) {
            Service service = service(random, i);
            services.add(service);
            for (IpFamily family : IpFamily.values()) {
                for (int k = random.nextInt(3); k >= 0; k--) {
                    slices.add(slice(random, service, family, family + "-" + k));
                }
            }
        }
        return new RandomCluster(options(random), List.copyOf(services), List.copyOf(slices));
    }

    /** The same without affinity, which shows all endpoints that a client with affinity may be held to. */
    RandomCluster withoutAffinity() {
        return new RandomCluster(options, services.stream().map(service -> new Service(service.key(), service.proxied(),
                service.clusterIps(), service.ports(), service.externalIps(), service.loadBalancerVips(),
                service.sourceRanges(), 0, service.externalPolicyLocal(), service.internalPolicyLocal(),
                service.healthCheckNodePort())).toList(), slices);
    }

    /** The addresses that node a has beside its own, as if a load balancer had put them there. */
    static List<String> localVips() {
        List<String> vips = new ArrayList<>();
        for (int i = 1; i <= SERVICES; i++) {
            vips.add("203.0.113." + (FIRST_LOCAL_VIP + i) + "/32");
            vips.add("fd23::" + Integer.toHexString(FIRST_LOCAL_VIP + i) + "/128");
        }
        return vips;
    }

    private static boolean chance(Random random, int of) {
        return random.nextInt(of) == 0;
    }

    private static ProxyOptions options(Random random) {
        DetectLocal detect = switch (random.nextInt(8)) {
            case 0 -> new DetectLocal.ByNodeCidr();
            case 1 -> new DetectLocal.ByBridgeInterface("cbr0");
            case 2 -> new DetectLocal.ByInterfaceNamePrefix("cbr");
            case 3 -> new DetectLocal.ByClusterCidr(List.of(CLUSTER4));
            case 4 -> new DetectLocal.ByClusterCidr(List.of(IpCidr.of("0.0.0.0/0"), CLUSTER6));
            case 5 -> new DetectLocal.None();
            default -> new DetectLocal.ByClusterCidr(List.of(CLUSTER4, CLUSTER6));
        };
        List<String> addresses = switch (random.nextInt(5)) {
            case 0 -> List.of(NodePortRange.PRIMARY);
            case 1 -> List.of("172.21.0.0/16");
            case 2 -> List.of("127.0.0.0/8", "fd18::/32");
            default -> List.of();
        };
        return new ProxyOptions(detect, addresses, chance(random, 5), chance(random, 4) ? 20 : 14, random.nextBoolean(), false,
                Duration.ofMillis(20), Duration.ofSeconds(30));
    }

    private static Service service(Random random, int number) {
        int families = random.nextInt(4);
        List<IpAddress> clusterIps = new ArrayList<>();
        if (families != 1) {
            clusterIps.add(IpAddress.of("10.100.0." + number));
        }
        if (families != 2) {
            clusterIps.add(IpAddress.of("fd17::" + Integer.toHexString(number)));
        }
        List<ServicePort> ports = new ArrayList<>();
        int several = random.nextInt(3);
        for (int i = 0; i <= several; i++) {
            Protocol protocol = switch (random.nextInt(9)) {
                case 0, 1, 2 -> Protocol.UDP;
                case 3 -> Protocol.SCTP;
                default -> Protocol.TCP;
            };
            int nodePort = random.nextBoolean() ? 30_000 + number * 4 + i : 0;
            ports.add(new ServicePort("p" + i, protocol, chance(random, 3) ? 8080 + i : 80 + i, nodePort));
        }
        List<IpAddress> external = new ArrayList<>();
        if (chance(random, 3)) {
            external.add(IpAddress.of("198.51.100." + number));
            external.add(IpAddress.of("fd22::" + Integer.toHexString(number)));
        }
        return new Service(Objects.key("s" + number), true, List.copyOf(clusterIps), List.copyOf(ports), List.copyOf(external),
                vips(random, number), ranges(random), chance(random, 4) ? 10 + random.nextInt(3600) : 0, chance(random, 3),
                chance(random, 4), 0);
    }

    private static List<IpAddress> vips(Random random, int number) {
        List<IpAddress> vips = new ArrayList<>();
        if (chance(random, 2)) {
            int last = chance(random, 3) ? FIRST_LOCAL_VIP + number : number;
            vips.add(IpAddress.of("203.0.113." + last));
            vips.add(IpAddress.of("fd23::" + Integer.toHexString(last)));
            if (chance(random, 4)) {
                vips.add(IpAddress.of("203.0.113." + (100 + number)));
            }
        }
        return List.copyOf(vips);
    }

    private static List<IpCidr> ranges(Random random) {
        List<IpCidr> ranges = new ArrayList<>();
        if (chance(random, 2)) {
            for (int i = random.nextInt(4); i >= 0; i--) {
                ranges.add(IpCidr.of(RANGES.get(random.nextInt(RANGES.size()))));
            }
        }
        return List.copyOf(ranges);
    }

    private static EndpointSlice slice(Random random, Service service, IpFamily family, String suffix) {
        List<EndpointPort> ports = service.ports().stream()
                .map(port -> new EndpointPort(port.name(), port.protocol(), random.nextBoolean() ? 8080 : 9090))
                .toList();
        int hinted = random.nextInt(6);
        List<Endpoint> endpoints = new ArrayList<>();
        Map<IpAddress, String> candidates = new LinkedHashMap<>(endpoints(family));
        // A node has several addresses, and answers a datagram from the one that is nearest to the client.
        if (ports.stream().anyMatch(port -> port.protocol() == Protocol.UDP)) {
            candidates.keySet().removeIf(address -> address.toString().matches("172.21.*|fd21:.*"));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            List<IpAddress> left = candidates.keySet().stream().sorted(Comparator.comparing(IpAddress::toString)).toList();
            IpAddress address = left.get(random.nextInt(left.size()));
            String node = candidates.remove(address);
            int health = random.nextInt(8);
            Hints hints = new Hints(hinted == 0 || hinted == 2 && i > 1 ? List.of(chance(random, 3) ? "z2" : "z1") : List.of(),
                    hinted == 1 || hinted == 2 ? List.of(chance(random, 3) ? "node-b" : node) : List.of());
            endpoints.add(new Endpoint(address, chance(random, 15) ? "" : node, hints, health > 2, health != 0,
                    health == 1 || health == 2 || health == 3));
        }
        return new EndpointSlice(Objects.key(service.key().name() + "-" + suffix), service.key(), true, ports,
                List.copyOf(endpoints), List.of(), 0);
    }

    /** What may serve, with its node: Pods and, as if by hostNetwork, the nodes themselves. */
    private static Map<IpAddress, String> endpoints(IpFamily family) {
        Map<IpAddress, String> endpoints = new LinkedHashMap<>();
        for (int i = 11; i <= 13; i++) {
            endpoints.put(IpAddress.of(family == IpFamily.IPV4 ? "10.180.0." + i : "fd18::" + i), "node-a");
            endpoints.put(IpAddress.of(family == IpFamily.IPV4 ? "10.180.1." + i : "fd18:1::" + i), "node-b");
        }
        endpoints.put(IpAddress.of(family == IpFamily.IPV4 ? "172.21.0.2" : "fd21::2"), "node-a");
        endpoints.put(IpAddress.of(family == IpFamily.IPV4 ? "172.21.0.3" : "fd21::3"), "node-b");
        return endpoints;
    }
}
