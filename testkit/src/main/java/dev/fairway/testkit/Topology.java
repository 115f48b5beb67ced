package dev.fairway.testkit;

import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.netlink.rtnetlink.IpPrefix;
import dev.fairway.netlink.rtnetlink.LinkMonitor;
import dev.fairway.netlink.rtnetlink.Route;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import dev.fairway.netlink.rtnetlink.Veth;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two nodes, six Pods and a client, each in a network namespace, none with an uplink:
 *
 * <pre>
 * c   client outside the cluster  172.21.0.100  fd21::100
 * a   the node under test         172.21.0.2    fd21::2    Pods 10.180.0.0/24  fd18:0::/64
 * b   the other node              172.21.0.3    fd21::3    Pods 10.180.1.0/24  fd18:1::/64
 * pa1 to pa3  Pods of a           10.180.0.11 to .13       fd18::11 to ::13
 * pb1 to pb3  Pods of b           10.180.1.11 to .13       fd18:1::11 to ::13
 * </pre>
 *
 * Whatever a cannot route goes to c, which answers nothing, so that Service addresses have a route. Every Pod answers on
 * TCP and UDP 8080 and 9090 with its name and the address that it saw ({@link EchoServer}).
 */
public final class Topology implements AutoCloseable {
    private static final List<String> NODES = List.of("a", "b");
    private static final int PODS_PER_NODE = 3;
    private static final Duration LINK_TIMEOUT = Duration.ofSeconds(10);
    private static final int[] ECHO_PORTS = {8080, 9090};

    private final TestNamespaces namespaces;
    private final Map<String, NetworkNamespace> hosts = new LinkedHashMap<>();
    private final Map<String, Rtnetlink> connections = new LinkedHashMap<>();
    private final List<EchoServer> servers = new ArrayList<>();

    private Topology(TestNamespaces namespaces) {
        this.namespaces = namespaces;
    }

    /** Builds everything; {@link #close} removes it. */
    public static Topology create() throws IOException {
        var topology = new Topology(new TestNamespaces("fwtopo"));
        try {
            topology.build();
            return topology;
        } catch (IOException | RuntimeException failure) {
            topology.close();
            throw failure;
        }
    }

    /** The node under test. */
    public NetworkNamespace node() {
        return host("a");
    }

    /** A host by its name: {@code a}, {@code b}, {@code c}, {@code pa1} to {@code pb3}. */
    public NetworkNamespace host(String name) {
        return Optional.ofNullable(hosts.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no host " + name + " among " + hosts.keySet()));
    }

    /** Where recorded traffic was sent from: {@code host} is node a, {@code pod} is pa1, {@code external} is c. */
    public NetworkNamespace place(String place) {
        return switch (place) {
            case "host" -> host("a");
            case "pod" -> host("pa1");
            case "external" -> host("c");
            default -> throw new IllegalArgumentException("place: " + place);
        };
    }

    private void build() throws IOException {
        create("sw");
        for (var name : List.of("a", "b", "c")) {
            create(name);
        }
        bridge("sw", "br0");
        attach("sw", "br0", "pa", "a", "172.21.0.2/24", "fd21::2/64");
        attach("sw", "br0", "pb", "b", "172.21.0.3/24", "fd21::3/64");
        attach("sw", "br0", "pc", "c", "172.21.0.100/24", "fd21::100/64");
        for (int i = 0; i < NODES.size(); i++) {
            buildNode(NODES.get(i), i);
        }
        route("a", "10.180.1.0/24", "172.21.0.3");
        route("a", "fd18:1::/64", "fd21::3");
        route("b", "10.180.0.0/24", "172.21.0.2");
        route("b", "fd18:0::/64", "fd21::2");
        defaultRoutes("a", "172.21.0.100", "fd21::100");
        defaultRoutes("b", "172.21.0.2", "fd21::2");
        defaultRoutes("c", "172.21.0.2", "fd21::2");
        for (var host : hosts.keySet()) {
            awaitLinks(host);
        }
    }

    private void awaitLinks(String host) throws IOException {
        try (var monitor = LinkMonitor.open(host(host))) {
            for (var link : connections.get(host).links()) {
                if (link.isUp() && !monitor.awaitRunning(link.name(), LINK_TIMEOUT)) {
                    throw new IOException(link.name() + " of " + host + " is not running after " + LINK_TIMEOUT);
                }
            }
        }
    }

    private List<String> podsOf(String node) {
        var pods = new ArrayList<String>();
        for (int i = 1; i <= PODS_PER_NODE; i++) {
            pods.add("p" + node + i);
        }
        return pods;
    }

    private void buildNode(String node, int number) throws IOException {
        var namespace = host(node);
        namespace.sysctl("net/ipv4/ip_forward", "1");
        namespace.sysctl("net/ipv6/conf/all/forwarding", "1");
        bridge(node, "cbr0");
        connections.get(node).addAddress("cbr0", IpPrefix.parse("10.180." + number + ".1/24"));
        connections.get(node).addAddress("cbr0", IpPrefix.parse("fd18:" + number + "::1/64"));
        namespace.sysctl("net/bridge/bridge-nf-call-iptables", "1");
        namespace.sysctl("net/bridge/bridge-nf-call-ip6tables", "1");
        var pods = podsOf(node);
        for (int k = 1; k <= pods.size(); k++) {
            var pod = pods.get(k - 1);
            create(pod);
            attach(node, "cbr0", "veth" + k, pod, "10.180." + number + ".1" + k + "/24",
                    "fd18:" + number + "::1" + k + "/64");
            connections.get(node).setHairpin("veth" + k, true);
            defaultRoutes(pod, "10.180." + number + ".1", "fd18:" + number + "::1");
            for (int port : ECHO_PORTS) {
                servers.add(EchoServer.start(host(pod), pod, port));
            }
        }
    }

    private void create(String name) throws IOException {
        var namespace = namespaces.create(name);
        // A node forwards IPv6 only once its link-local addresses are usable, which duplicate detection delays by seconds.
        namespace.sysctl("net/ipv6/conf/default/accept_dad", "0");
        hosts.put(name, namespace);
        connections.put(name, Rtnetlink.open(namespace));
    }

    private void bridge(String host, String name) throws IOException {
        connections.get(host).createBridge(name);
        connections.get(host).setUp(name);
    }

    /** Plugs {@code host}'s eth0 into a bridge elsewhere. */
    private void attach(String at, String bridge, String port, String host, String ipv4, String ipv6) throws IOException {
        connections.get(at).createVeth(Veth.named(port).peer("eth0").peerNamespace(host(host)));
        connections.get(at).setMaster(port, bridge);
        connections.get(at).setUp(port);
        connections.get(host).addAddress("eth0", IpPrefix.parse(ipv4));
        connections.get(host).addAddress("eth0", IpPrefix.parse(ipv6));
        connections.get(host).setUp("eth0");
    }

    private void defaultRoutes(String host, String ipv4, String ipv6) throws IOException {
        route(host, "0.0.0.0/0", ipv4);
        route(host, "::/0", ipv6);
    }

    private void route(String host, String destination, String gateway) throws IOException {
        connections.get(host).addRoute(Route.to(destination).via(gateway));
    }

    @Override
    public void close() throws IOException {
        servers.forEach(EchoServer::close);
        connections.values().forEach(Rtnetlink::close);
        namespaces.close();
    }
}
