package dev.fairway.proxy.server;

import static dev.fairway.testkit.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.netlink.conntrack.Conntrack;
import dev.fairway.netlink.conntrack.Flow;
import dev.fairway.netlink.conntrack.FlowFilter;
import dev.fairway.netlink.conntrack.FlowTuple;
import dev.fairway.netlink.netns.NetworkNamespace;
import dev.fairway.proxy.config.ProxyMode;
import dev.fairway.testkit.Topology;
import dev.fairway.testkit.api.FakeApiServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A UDP client that keeps one socket, and so one flow, while endpoints and Services come and go. */
@Timeout(120)
@ParameterizedClass
@EnumSource(ProxyMode.class)
class UdpFlowsTest {
    @Parameter
    ProxyMode mode;

    private static final String VIP = "10.100.0.10";

    private Topology topology;
    private FakeApiServer api;
    private ApiObjects objects;

    @BeforeEach
    void build() throws IOException {
        topology = Topology.create();
        api = FakeApiServer.http();
        objects = ApiObjects.in(api);
    }

    @AfterEach
    void tearDown() throws IOException {
        api.close();
        topology.close();
    }

    /** One socket of a client, bound for good. */
    private record Client(DatagramSocket socket) implements AutoCloseable {
        static Client in(NetworkNamespace from, String address, int port) throws IOException {
            return from.<Client, IOException>call(() -> {
                DatagramSocket socket = new DatagramSocket();
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port));
                socket.setSoTimeout(200);
                return new Client(socket);
            });
        }

        /** The name of the Pod that answers; {@code refused} or {@code silence} without one. */
        String ask() throws IOException {
            try {
                socket.send(new DatagramPacket(new byte[] {'x'}, 1));
                DatagramPacket answer = new DatagramPacket(new byte[200], 200);
                socket.receive(answer);
                return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8).split(" ")[0];
            } catch (SocketTimeoutException e) {
                return "silence";
            } catch (PortUnreachableException e) {
                return "refused";
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** From a socket of its own, and so with a flow of its own. */
    private String askAfresh(String address) throws IOException {
        try (Client client = Client.in(topology.place("pod"), address, 80)) {
            return client.ask();
        }
    }

    private ProxyServer start() throws Exception {
        ProxyServer proxy = RunningProxy.start(topology.node(), api, RunningProxy.config("nftables: {minSyncPeriod: 10ms}\nmode: " + mode));
        RunningProxy.awaitSynced(proxy);
        return proxy;
    }

    private List<Flow> flows(String destination) throws IOException {
        try (Conntrack conntrack = Conntrack.open(topology.node())) {
            return conntrack.list(FlowFilter.ipv4().protocol(FlowTuple.UDP)).stream()
                    .filter(flow -> flow.original().destination().getHostAddress().equals(destination)).toList();
        }
    }

    /** From where, to which of the Service's places: cluster IP, external IP, load balancer IP, node port. */
    @ParameterizedTest
    @CsvSource({"pod,10.100.0.10,80", "host,10.100.0.10,80", "external,192.0.2.10,80", "external,203.0.113.10,80",
            "external,172.21.0.2,30080"})
    void aFlowLeavesAnEndpointThatIsGone(String from, String address, int port) throws Exception {
        loadBalanced();
        objects.slice("dns", "UDP", "10.180.0.12");
        try (ProxyServer _ = start(); Client client = Client.in(topology.place(from), address, port)) {
            assertEquals("pa2", client.ask());
            objects.slice("dns", "UDP", "10.180.0.12", "10.180.1.11");
            for (int i = 0; i < 5; i++) {
                assertEquals("pa2", client.ask());
            }
            objects.slice("dns", "UDP", "10.180.1.11");
            until(() -> client.ask().equals("pb1"));
        }
    }

    /** A UDP Service with a node port, an external IP and a load balancer IP. */
    private void loadBalanced() {
        api.put(ApiObjects.SERVICES, "ns/dns", """
                {"kind":"Service","metadata":{"namespace":"ns","name":"dns"},"spec":{"type":"LoadBalancer",
                "clusterIP":"10.100.0.10","clusterIPs":["10.100.0.10"],"externalIPs":["192.0.2.10"],
                "ports":[{"protocol":"UDP","port":80,"targetPort":8080,"nodePort":30080}]},
                "status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.10"}]}}}""".replace("\n", ""));
    }

    @Test
    void aFlowToALivingEndpointSurvivesOtherChangesAndRestarts() throws Exception {
        loadBalanced();
        objects.slice("dns", "UDP", "10.180.0.12", "10.180.0.13", "10.180.1.11");
        try (Client client = Client.in(topology.place("pod"), VIP, 80)) {
            String pod;
            int id;
            try (ProxyServer _ = start()) {
                pod = client.ask();
                id = flows(VIP).getFirst().id();
            }
            try (ProxyServer proxy = start()) {
                assertEquals(pod, client.ask());
                objects.service("other", "10.100.0.11", "UDP", "");
                objects.slice("other", "UDP", "10.180.0.12");
                until(() -> client.ask().equals(pod)
                        && askAfresh("10.100.0.11").equals("pa2"));
                RunningProxy.awaitSynced(proxy);
                assertEquals(id, flows(VIP).getFirst().id());
            }
        }
    }

    @Test
    void aTerminatingEndpointThatStillServesKeepsItsFlows() throws Exception {
        loadBalanced();
        objects.slice("dns", "UDP", "10.180.0.12");
        try (ProxyServer _ = start(); Client client = Client.in(topology.place("pod"), VIP, 80)) {
            assertEquals("pa2", client.ask());
            int id = flows(VIP).getFirst().id();
            api.put(ApiObjects.SLICES, "ns/dns-1", """
                    {"kind":"EndpointSlice","metadata":{"namespace":"ns","name":"dns-1",
                    "labels":{"kubernetes.io/service-name":"dns"}},"addressType":"IPv4",
                    "ports":[{"name":"","protocol":"UDP","port":8080}],"endpoints":[
                    {"addresses":["10.180.0.12"],"conditions":{"ready":false,"serving":true,"terminating":true}},
                    {"addresses":["10.180.1.11"],"conditions":{"ready":true}}]}""".replace("\n", ""));
            until(() -> askAfresh(VIP).equals("pb1"));
            assertEquals("pa2", client.ask());
            assertTrue(flows(VIP).stream().anyMatch(flow -> flow.id() == id));
        }
    }

    @Test
    void endpointsThatWentWhileNoProxyRanAreNoticedAtTheStart() throws Exception {
        loadBalanced();
        objects.slice("dns", "UDP", "10.180.0.12");
        try (Client client = Client.in(topology.place("pod"), VIP, 80)) {
            try (ProxyServer _ = start()) {
                assertEquals("pa2", client.ask());
            }
            objects.slice("dns", "UDP", "10.180.1.11");
            assertEquals("pa2", client.ask());
            try (ProxyServer _ = start()) {
                until(() -> client.ask().equals("pb1"));
            }
        }
    }

    @Test
    void withoutEndpointsFlowsEndAndTheFirstOneIsFoundAtOnce() throws Exception {
        loadBalanced();
        objects.slice("dns", "UDP", "10.180.0.12");
        try (ProxyServer _ = start(); Client client = Client.in(topology.place("pod"), VIP, 80)) {
            assertEquals("pa2", client.ask());
            objects.slice("dns", "UDP");
            until(() -> client.ask().equals("refused"));
            assertEquals(List.of(), flows(VIP).stream().filter(flow -> flow.has(Flow.DST_NAT)).toList());
            objects.slice("dns", "UDP", "10.180.1.11");
            until(() -> client.ask().equals("pb1"));
        }
    }

    @Test
    void aFlowFromBeforeTheServiceIsSentToItsEndpoints() throws Exception {
        try (ProxyServer _ = start(); Client client = Client.in(topology.place("pod"), VIP, 80)) {
            assertEquals("silence", client.ask());
            assertEquals(1, flows(VIP).size());
            loadBalanced();
            objects.slice("dns", "UDP", "10.180.0.12");
            until(() -> client.ask().equals("pa2"));
        }
    }

    @Test
    void flowsOfADeletedServiceEnd() throws Exception {
        loadBalanced();
        objects.slice("dns", "UDP", "10.180.0.12");
        try (ProxyServer _ = start(); Client client = Client.in(topology.place("pod"), VIP, 80);
                Client outside = Client.in(topology.place("external"), "172.21.0.2", 30080)) {
            assertEquals("pa2", client.ask());
            assertEquals("pa2", outside.ask());
            objects.deleteService("dns");
            until(() -> flows(VIP).stream().noneMatch(flow -> flow.has(Flow.DST_NAT))
                    && flows("172.21.0.2").stream().noneMatch(flow -> flow.has(Flow.DST_NAT)));
            assertEquals("silence", client.ask());
        }
    }

    @Test
    void anAddressThatMovesToAnotherServiceKeepsThatServicesFlows() throws Exception {
        objects.service("old", "10.100.0.20", "UDP", ",\"externalIPs\":[\"192.0.2.10\"]");
        objects.slice("old", "UDP", "10.180.0.12");
        objects.service("new", "10.100.0.21", "UDP", "");
        objects.slice("new", "UDP", "10.180.0.12", "10.180.1.11");
        try (ProxyServer proxy = start(); Client client = Client.in(topology.place("external"), "192.0.2.10", 80)) {
            assertEquals("pa2", client.ask());
            int id = flows("192.0.2.10").getFirst().id();
            objects.service("new", "10.100.0.21", "UDP", ",\"externalIPs\":[\"192.0.2.10\"]");
            objects.service("old", "10.100.0.20", "UDP", "");
            until(() -> api.openWatches(ApiObjects.SERVICES) == 1);
            RunningProxy.awaitSynced(proxy);
            assertEquals("pa2", client.ask());
            assertEquals(id, flows("192.0.2.10").getFirst().id());
        }
    }
}
