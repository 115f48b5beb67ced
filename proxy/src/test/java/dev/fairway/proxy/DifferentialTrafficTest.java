package dev.fairway.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.conntrack.Conntrack;
import dev.fairway.netlink.conntrack.FlowFilter;
import dev.fairway.netlink.rtnetlink.IpPrefix;
import dev.fairway.netlink.rtnetlink.Rtnetlink;
import dev.fairway.proxy.iptables.IptablesDataplane;
import dev.fairway.proxy.model.EndpointSlice;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.Service;
import dev.fairway.proxy.model.ServicePort;
import dev.fairway.proxy.nftables.NftablesDataplane;
import dev.fairway.proxy.state.LocalTraffic;
import dev.fairway.proxy.state.NodePortRange;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.ServiceStates;
import dev.fairway.testkit.EchoServer;
import dev.fairway.testkit.Prober;
import dev.fairway.testkit.Prober.Outcome;
import dev.fairway.testkit.Prober.Target;
import dev.fairway.testkit.Topology;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both modes, each on a topology of its own, are given the same random Services: the same connections must meet the same
 * endpoints, which must see the same source addresses. Mode iptables, equal to kube-proxy rule for rule, is the measure.
 *
 * <p>{@code -Dtraffic.seeds=100-199} runs others than the usual seeds.
 */
class DifferentialTrafficTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_TRIES = 400;
    private static final Duration TIMEOUT = Duration.ofMillis(300);
    /** What differs is asked again, with more time for each answer, before it counts. */
    private static final int CHANCES = 3;

    private static final int AT_ONCE = 64;
    /** What a sender on the node itself meets where the kernel drops or rejects as it sends. */
    private static final String UNSENT = "error: Operation not permitted";

    private static Node iptables;
    private static Node nftables;

    static LongStream seeds() {
        String[] range = System.getProperty("traffic.seeds", "1-6").split("-", 2);
        return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[range.length - 1]));
    }

    @BeforeAll
    static void build() throws IOException {
        iptables = Node.build();
        nftables = Node.build();
    }

    @AfterAll
    static void remove() throws IOException {
        iptables.close();
        nftables.close();
    }

    /**
     * A target, from where, and what is known of it.
     *
     * @param sticky whether one endpoint has to answer all
     * @param served whether the target is any Service's
     * @param refused whether nobody may answer, but the modes differ in how they say so
     */
    private record Probe(String place, Target target, boolean sticky, boolean served, boolean refused)
            implements Comparable<Probe> {
        @Override
        public int compareTo(Probe other) {
            return toString().compareTo(other.toString());
        }

        /** Whether mode nftables did what mode iptables does, where that knows of no affinity. */
        boolean isMet(Outcome measure, Outcome met) {
            if (!served) {
                return met.endpoints().isEmpty() && met.failures().equals(Set.of("refused"));
            }
            if (refused || measure.failures().contains(UNSENT) || met.failures().contains(UNSENT)) {
                return measure.endpoints().isEmpty() && met.endpoints().isEmpty();
            }
            boolean oneOfThem = met.endpoints().size() == 1
                    && measure.endpoints().entrySet().containsAll(met.endpoints().entrySet());
            return met.failures().equals(measure.failures())
                    && (met.endpoints().equals(measure.endpoints()) || sticky && oneOfThem);
        }

        @Override
        public String toString() {
            return place + " to " + target + (sticky ? " (sticky)" : "") + (served ? "" : " (not served)")
                    + (refused ? " (refused)" : "");
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void bothModesSendPacketsTheSameWay(long seed) throws Exception {
        RandomCluster cluster = RandomCluster.of(seed);
        Map<Probe, Outcome> measured = new TreeMap<>();
        Map<Probe, Outcome> met = new TreeMap<>();
        try (NodeProxy measure = proxy(cluster, iptables.topology(), true);
                NodeProxy proxy = proxy(cluster, nftables.topology(), false);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            sync(measure, cluster.withoutAffinity());
            sync(proxy, cluster);
            iptables.forgetConnections();
            nftables.forgetConnections();
            List<List<Probe>> groups = Probes.of(cluster);
            for (int chance = 0; chance < CHANCES && !groups.isEmpty(); chance++) {
                Duration timeout = TIMEOUT.multipliedBy(1L + chance);
                List<List<Probe>> asked = groups;
                Future<Map<Probe, Outcome>> measuring = threads.submit(() -> iptables.probe(asked, timeout));
                met.putAll(nftables.probe(asked, timeout));
                measured.putAll(measuring.get());
                groups = measured.keySet().stream().filter(probe -> !probe.isMet(measured.get(probe), met.get(probe)))
                        .map(List::of).toList();
            }
        }
        assertTrue(measured.size() > 20, "seed " + seed + ": " + measured.size() + " probes");
        assertEquals(List.of(), measured.keySet().stream().filter(probe -> !probe.isMet(measured.get(probe), met.get(probe)))
                .map(probe -> "\n" + probe + " met " + text(met.get(probe)) + ", with iptables " + text(measured.get(probe)))
                .toList(), () -> "seed " + seed + " with " + cluster.options());
    }

    private static String text(Outcome outcome) {
        return outcome.endpoints() + " " + outcome.failures();
    }

    private static NodeProxy proxy(RandomCluster cluster, Topology topology, boolean iptables) throws IOException {
        Set<IpFamily> families = Set.of(IpFamily.values());
        List<Dataplane> dataplanes = iptables
                ? IptablesDataplane.open(cluster.options(), families, Optional.of(topology.node()))
                : NftablesDataplane.open(cluster.options(), families, Optional.of(topology.node()));
        return new NodeProxy(Scenario.NODE.name(), cluster.options(), dataplanes,
                LocalAddresses.ofKernel(Optional.of(topology.node())), SyncListener.NONE);
    }

    private static void sync(NodeProxy proxy, RandomCluster cluster) throws InterruptedException {
        proxy.put(Scenario.NODE);
        proxy.start();
        proxy.replaceServices(cluster.services());
        proxy.replaceSlices(cluster.slices());
        assertTrue(proxy.awaitSynced(PATIENCE));
    }

    /** What is asked, and what is known of it beforehand. */
    private record Probes(RandomCluster cluster, Service service, String place) {
        /** From each place one target of a port after the other, since what it remembers of a client counts for all. */
        static List<List<Probe>> of(RandomCluster cluster) {
            List<List<Probe>> groups = new ArrayList<>();
            for (Service service : cluster.services()) {
                for (ServicePort port : service.ports()) {
                    // This kernel has no SCTP sockets to ask with: such ports are there, and nobody asks for them.
                    if (port.protocol() != Protocol.SCTP) {
                        for (String place : List.of("host", "pod", "external")) {
                            groups.add(new Probes(cluster, service, place).ofPort(port));
                        }
                    }
                }
            }
            return groups;
        }

        private List<Probe> ofPort(ServicePort port) {
            List<Probe> probes = new ArrayList<>();
            for (IpAddress clusterIp : service.clusterIps()) {
                IpFamily family = clusterIp.family();
                NodeState node = NodeState.of(cluster.options(), family, Scenario.NODE, List.of(
                        IpAddress.of("172.21.0.2"), IpAddress.of("10.180.0.1"), IpAddress.of("127.0.0.1"),
                        IpAddress.of("fd21::2"), IpAddress.of("fd18::1")));
                boolean usable = new ServiceStates(family, node).of(service, slices()).orElseThrow().ports().stream()
                        .filter(state -> state.name().port().equals(port.name())).findFirst().orElseThrow().backends().usable();
                // Unmasqueraded, what goes on to another node is answered past this one.
                if (cluster.options().masqueradeAll() || !place.equals("external") || !isUntold(node.localTraffic())) {
                    probes.add(probe(port, clusterIp, port.port(), true, false));
                }
                for (IpAddress address : ofFamily(service.externalIps(), family)) {
                    probes.add(probe(port, address, port.port(), true, place.equals("host") && !usable));
                }
                boolean guarded = service.sourceRanges().stream().anyMatch(range -> range.family() == family);
                for (IpAddress address : ofFamily(service.loadBalancerVips(), family)) {
                    // Without endpoints mode iptables does not ask what goes out, nor whether the source is allowed.
                    probes.add(probe(port, address, port.port(), true, (guarded || place.equals("host")) && !usable));
                }
                if (port.nodePort() != 0) {
                    nodeAddresses(family).forEach(address ->
                            probes.add(probe(port, address, port.nodePort(), isListening(address, node), false)));
                }
            }
            return probes;
        }

        private Probe probe(ServicePort port, IpAddress address, int number, boolean served, boolean refused) {
            return new Probe(place, new Target(Prober.Protocol.valueOf(port.protocol().name()), address.toString(), number),
                    service.affinitySeconds() > 0, served, refused);
        }

        private List<EndpointSlice> slices() {
            return cluster.slices().stream().filter(slice -> slice.service().equals(service.key())).toList();
        }

        private static List<IpAddress> ofFamily(List<IpAddress> addresses, IpFamily family) {
            return addresses.stream().filter(address -> address.family() == family).toList();
        }

        /** Whether traffic of Pods is not told from other traffic. */
        private static boolean isUntold(LocalTraffic local) {
            return local instanceof LocalTraffic.Unknown || local instanceof LocalTraffic.FromCidr(var cidr) && cidr.isAll();
        }

        private List<IpAddress> nodeAddresses(IpFamily family) {
            // Told of the node's own addresses only, mode nftables may serve 127.0.0.1 too, which mode iptables does not.
            boolean loopback = place.equals("host") && !(cluster.options().localhostNodePorts()
                    && cluster.options().nodePortAddresses().contains(NodePortRange.PRIMARY));
            return switch (family) {
                case IPV4 -> Stream.concat(Stream.of("172.21.0.2", "10.180.0.1"),
                        loopback ? Stream.of("127.0.0.1") : Stream.empty()).map(IpAddress::of).toList();
                case IPV6 -> List.of(IpAddress.of("fd21::2"), IpAddress.of("fd18::1"));
            };
        }

        private boolean isListening(IpAddress address, NodeState node) {
            if (address.isLoopback()) {
                return cluster.options().localhostNodePorts() && node.loopbackNodePorts();
            }
            return node.nodePortAddresses().map(listening -> listening.contains(address)).orElse(true);
        }
    }

    /** A topology of one mode's own, whose nodes answer too, as Pods with hostNetwork would. */
    private record Node(Topology topology, List<EchoServer> servers) implements AutoCloseable {
        static Node build() throws IOException {
            Topology topology = RecordedTraffic.topology();
            List<EchoServer> servers = new ArrayList<>();
            for (String host : List.of("a", "b")) {
                topology.host(host).sysctl("net/ipv4/tcp_max_tw_buckets", "0");
                servers.add(EchoServer.start(topology.host(host), host, 8080));
                servers.add(EchoServer.start(topology.host(host), host, 9090));
            }
            // Who is refused must learn of it each time, whoever asked before.
            topology.node().sysctl("net/ipv4/icmp_msgs_per_sec", "1000000");
            topology.node().sysctl("net/ipv4/icmp_msgs_burst", "1000000");
            for (String unlimited : List.of("net/ipv4/icmp_ratelimit", "net/ipv6/icmp/ratelimit",
                    "net/ipv4/conf/all/send_redirects", "net/ipv4/conf/eth0/send_redirects",
                    "net/ipv4/conf/cbr0/send_redirects")) {
                topology.node().sysctl(unlimited, "0");
            }
            try (Rtnetlink rtnetlink = Rtnetlink.open(topology.node())) {
                rtnetlink.setUp("lo");
                for (String vip : RandomCluster.localVips()) {
                    rtnetlink.addAddress("lo", IpPrefix.parse(vip));
                }
            }
            return new Node(topology, servers);
        }

        void forgetConnections() throws IOException {
            try (Conntrack conntrack = Conntrack.open(topology.node())) {
                conntrack.delete(FlowFilter.all(), flow -> true);
            }
        }

        /** The groups all at once. */
        Map<Probe, Outcome> probe(List<List<Probe>> groups, Duration timeout) throws IOException, InterruptedException {
            Map<Probe, Outcome> outcomes = new LinkedHashMap<>();
            try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
                List<Future<Map<Probe, Outcome>>> running = groups.stream()
                        .map(group -> threads.submit(() -> probeEach(group, timeout))).toList();
                for (Future<Map<Probe, Outcome>> group : running) {
                    outcomes.putAll(group.get());
                }
            } catch (ExecutionException failure) {
                throw new IOException("probing " + topology.node().name(), failure.getCause());
            }
            return outcomes;
        }

        private Map<Probe, Outcome> probeEach(List<Probe> group, Duration timeout) throws IOException {
            Map<Probe, Outcome> outcomes = new LinkedHashMap<>();
            for (Probe probe : group) {
                outcomes.put(probe, new Prober(topology.place(probe.place()), MOST_TRIES, timeout)
                        .probeUntilSettled(probe.target()));
            }
            return outcomes;
        }

        @Override
        public void close() throws IOException {
            servers.forEach(EchoServer::close);
            topology.close();
        }
    }
}
