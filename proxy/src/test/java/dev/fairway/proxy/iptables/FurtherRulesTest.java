package dev.fairway.proxy.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fairway.kube.Json;
import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.Scenario;
import dev.fairway.proxy.change.ChangeTracker;
import dev.fairway.proxy.model.EndpointSliceDecoder;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Node;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.model.ServiceDecoder;
import dev.fairway.proxy.state.ProxyOptions;
import dev.fairway.proxy.state.ProxyOptions.DetectLocal;
import dev.fairway.proxy.state.ServicePortName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What no recording shows: the rules that follow from kube-proxy's conditions in corners and combinations. */
class FurtherRulesTest {
    private static final List<IpAddress> LOCAL_ADDRESSES =
            List.of(IpAddress.of("127.0.0.1"), IpAddress.of("::1"), IpAddress.of("172.21.0.2"), IpAddress.of("fd21::2"));
    private static final String HERE = endpoint("10.180.0.11", "node-a", "\"ready\":true");
    private static final String THERE = endpoint("10.180.1.11", "node-b", "\"ready\":true");

    private final ProxyOptions options = new Scenario("clusterip-one").options();
    private ChangeTracker tracker = tracker(Scenario.NODE);

    private static ChangeTracker tracker(Node node) {
        ChangeTracker tracker = new ChangeTracker(node.name());
        tracker.put(node);
        return tracker;
    }

    private static String endpoint(String address, String node, String conditions) {
        return "{\"addresses\":[\"" + address + "\"],\"nodeName\":\"" + node + "\",\"conditions\":{" + conditions + "}}";
    }

    /** The Service {@code shop/web} with one port {@code http}; {@code port} and {@code more} begin with commas. */
    private void service(String clusterIps, String port, String more, String ingress) {
        tracker.put(ServiceDecoder.decode(Json.parseObject("""
                {"metadata":{"namespace":"shop","name":"web"},"spec":{"clusterIP":%s,"clusterIPs":[%s],
                "ports":[{"name":"http","port":80,"protocol":"TCP"%s}]%s},"status":{"loadBalancer":{"ingress":[%s]}}}"""
                .formatted(clusterIps.split(",")[0], clusterIps, port, more, ingress))));
    }

    private void slice(String name, String addressType, String... endpoints) {
        tracker.put(EndpointSliceDecoder.decode(Json.parseObject("""
                {"metadata":{"namespace":"shop","name":"%s","labels":{"kubernetes.io/service-name":"web"}},
                "addressType":"%s","ports":[{"name":"http","port":8080,"protocol":"TCP"}],"endpoints":[%s]}"""
                .formatted(name, addressType, String.join(",", endpoints)))));
    }

    /** The rules in chains whose names start so, hashes replaced: those that the Service's port has in common by {@code web}. */
    private List<String> rules(ProxyOptions with, IpFamily family, String... chains) {
        String hash = ChainNames.suffix(new ServicePortName(new ObjectKey("shop", "web"), "http", Protocol.TCP));
        return Rulesets.text(Wanted.of(tracker, with, family, LOCAL_ADDRESSES)).lines()
                .filter(line -> List.of(chains).stream().anyMatch(chain -> line.startsWith("-A KUBE-" + chain)))
                .map(line -> line.substring(3).replace(hash, "web").replaceAll("KUBE-SEP-[A-Z2-7]{16}", "SEP")
                        .replace("KUBE-", ""))
                .toList();
    }

    @Test
    void affinityWithExternalPolicyLocalRemembersClientsForEachPolicy() {
        service("\"10.100.0.10\"", ",\"nodePort\":30080", """
                ,"type":"NodePort","externalTrafficPolicy":"Local","sessionAffinity":"ClientIP",
                "sessionAffinityConfig":{"clientIP":{"timeoutSeconds":7}}""", "");
        slice("web-1", "IPv4", HERE, THERE);
        String recent = "-m recent --rcheck --seconds 7 --reap --name SEP --mask 255.255.255.255 --rsource -j SEP";
        assertEquals(List.of(
                "SVC-web ! -s 10.180.0.0/16 -d 10.100.0.10/32 -p tcp -m comment --comment \"shop/web:http cluster IP\""
                        + " -m tcp --dport 80 -j MARK-MASQ",
                "SVC-web -m comment --comment \"shop/web:http -> 10.180.0.11:8080\" " + recent,
                "SVC-web -m comment --comment \"shop/web:http -> 10.180.1.11:8080\" " + recent,
                "SVC-web -m comment --comment \"shop/web:http -> 10.180.0.11:8080\""
                        + " -m statistic --mode random --probability 0.50000000000 -j SEP",
                "SVC-web -m comment --comment \"shop/web:http -> 10.180.1.11:8080\" -j SEP",
                "SVL-web -m comment --comment \"shop/web:http -> 10.180.0.11:8080\" " + recent,
                "SVL-web -m comment --comment \"shop/web:http -> 10.180.0.11:8080\" -j SEP"),
                rules(options, IpFamily.IPV4, "SVC-", "SVL-"));
    }

    @Test
    void internalPolicyLocalWithoutLocalEndpointsLeavesNodePortsOpen() {
        service("\"10.100.0.10\"", ",\"nodePort\":30080", ",\"type\":\"NodePort\",\"internalTrafficPolicy\":\"Local\"", "");
        slice("web-1", "IPv4", THERE);
        assertEquals(List.of(
                "SERVICES -d 10.100.0.10/32 -p tcp -m comment --comment \"shop/web:http has no local endpoints\""
                        + " -m tcp --dport 80 -j DROP",
                "EXT-web -m comment --comment \"masquerade traffic for shop/web:http external destinations\" -j MARK-MASQ",
                "EXT-web -j SVC-web",
                "SERVICES -m comment --comment \"kubernetes service nodeports; NOTE: this must be the last rule in this chain\""
                        + " -m addrtype --dst-type LOCAL -j NODEPORTS",
                "SVC-web -m comment --comment \"shop/web:http -> 10.180.1.11:8080\" -j SEP"),
                rules(options, IpFamily.IPV4, "SERVICES", "EXT-", "SVC-", "SVL-"));
    }

    /** kube-proxy takes the loopback address for a node's own where the Node has none. */
    @Test
    void aNodeWithoutAnAddressIsAllowedWhereEverybodyIs() {
        tracker = tracker(new Node("node-a", "z1", List.of(IpAddress.of("172.21.0.2")), List.of()));
        service("\"10.100.0.10\",\"fd17::10\"", "",
                ",\"type\":\"LoadBalancer\",\"loadBalancerSourceRanges\":[\"203.0.113.0/24\",\"::/0\"]",
                "{\"ip\":\"198.51.100.7\"},{\"ip\":\"2001:db8::7\"}");
        slice("web-1", "IPv4", HERE);
        slice("web-2", "IPv6", endpoint("fd18::11", "node-a", "\"ready\":true"));
        String end = "FW-web -m comment --comment \"other traffic to shop/web:http will be dropped by PROXY-FIREWALL\"";
        assertEquals(List.of(
                "FW-web -m comment --comment \"shop/web:http loadbalancer IP\" -j EXT-web",
                "FW-web -s 2001:db8::7/128 -m comment --comment \"shop/web:http loadbalancer IP\" -j EXT-web",
                end), rules(options, IpFamily.IPV6, "FW-"));
        tracker.put(new Node("node-a", "another zone", List.of(IpAddress.of("172.21.0.2")), List.of()));
        assertEquals(List.of(
                "FW-web -s 203.0.113.0/24 -m comment --comment \"shop/web:http loadbalancer IP\" -j EXT-web",
                end), rules(options, IpFamily.IPV4, "FW-"));
    }

    /** An address that a terminating Pod still has is another Pod's already. */
    @Test
    void whatRunsWinsOverWhatTerminatesAtTheSameAddress() {
        service("\"10.100.0.10\"", "", ",\"internalTrafficPolicy\":\"Local\"", "");
        slice("web-1", "IPv4", endpoint("10.180.0.11", "node-a", "\"ready\":false,\"serving\":true,\"terminating\":true"));
        slice("web-2", "IPv4", endpoint("10.180.0.11", "node-b", "\"ready\":true"));
        assertEquals(List.of("SERVICES -d 10.100.0.10/32 -p tcp -m comment --comment \"shop/web:http has no local endpoints\""
                        + " -m tcp --dport 80 -j DROP"),
                rules(options, IpFamily.IPV4, "SERVICES", "SVL-", "SVC-").subList(0, 1));
    }

    @Test
    void localTrafficThatCannotBeToldInOneFamilyIsNotMasqueraded() {
        service("\"fd17::10\"", ",\"nodePort\":30080", ",\"type\":\"NodePort\",\"externalTrafficPolicy\":\"Local\"", "");
        slice("web-1", "IPv6", endpoint("fd18::11", "node-a", "\"ready\":true"));
        ProxyOptions ipv4Only = options.withDetectLocal(new DetectLocal.ByClusterCidr(List.of(IpCidr.of("10.180.0.0/16"))));
        assertEquals(List.of(
                "EXT-web -m comment --comment \"masquerade LOCAL traffic for shop/web:http external destinations\""
                        + " -m addrtype --src-type LOCAL -j MARK-MASQ",
                "EXT-web -m comment --comment \"route LOCAL traffic for shop/web:http external destinations\""
                        + " -m addrtype --src-type LOCAL -j SVC-web",
                "EXT-web -j SVL-web",
                "SVC-web -m comment --comment \"shop/web:http -> [fd18::11]:8080\" -j SEP",
                "SVL-web -m comment --comment \"shop/web:http -> [fd18::11]:8080\" -j SEP"),
                rules(ipv4Only, IpFamily.IPV6, "EXT-", "SVC-", "SVL-"));
    }

    @Test
    void addressesOfNodePortsAreChosenInEachFamilyAndLoopbackIsLeftOutOfIpv6() {
        ProxyOptions chosen = new ProxyOptions(options.detectLocal(), List.of("127.0.0.0/8", "::1/128", "fd21::/64"), false, 9,
                true, true, Duration.ZERO, Duration.ofSeconds(30));
        String rule = " -m comment --comment \"kubernetes service nodeports; NOTE: this must be the last rule in this chain\""
                + " -j NODEPORTS";
        assertEquals(List.of(
                "FORWARD -m comment --comment \"kubernetes forwarding rules\" -m mark --mark 0x200/0x200 -j ACCEPT",
                "FORWARD -m comment --comment \"kubernetes forwarding conntrack rule\""
                        + " -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                "SERVICES -d fd21::2/128" + rule), rules(chosen, IpFamily.IPV6, "FORWARD", "SERVICES"));
        tracker = tracker(Scenario.NODE);
        assertEquals(List.of("SERVICES -d 127.0.0.1/32" + rule), rules(chosen, IpFamily.IPV4, "SERVICES"));
    }

    @Test
    void anIngressIpOfModeProxyGetsNoRuleWhileAVipDoes() {
        service("\"10.100.0.10\"", "", ",\"type\":\"LoadBalancer\",\"loadBalancerSourceRanges\":[\"10.9.0.0/16\"]",
                "{\"ip\":\"203.0.113.10\",\"ipMode\":\"Proxy\"},{\"ip\":\"203.0.113.11\",\"ipMode\":\"VIP\"},{\"hostname\":\"lb\"}");
        slice("web-1", "IPv4", HERE);
        assertEquals(List.of(
                "PROXY-FIREWALL -d 203.0.113.11/32 -p tcp -m comment --comment"
                        + " \"shop/web:http traffic not accepted by FW-web\" -m tcp --dport 80 -j DROP"),
                rules(options, IpFamily.IPV4, "PROXY-FIREWALL"));
    }

    @Test
    void withoutEndpointsSourceRangesGuardNothing() {
        service("\"10.100.0.10\"", ",\"nodePort\":30080", """
                ,"type":"LoadBalancer","loadBalancerSourceRanges":["10.9.0.0/16"],"externalIPs":["192.0.2.1","192.0.2.1"],
                "externalTrafficPolicy":"Local","healthCheckNodePort":31000""", "{\"ip\":\"203.0.113.10\"}");
        String refused = " -m comment --comment \"shop/web:http has no endpoints\"";
        String reject = " -j REJECT --reject-with icmp-port-unreachable";
        assertEquals(List.of(
                "EXTERNAL-SERVICES -d 192.0.2.1/32 -p tcp" + refused + " -m tcp --dport 80" + reject,
                "EXTERNAL-SERVICES -d 192.0.2.1/32 -p tcp" + refused + " -m tcp --dport 80" + reject,
                "EXTERNAL-SERVICES -d 203.0.113.10/32 -p tcp" + refused + " -m tcp --dport 80" + reject,
                "EXTERNAL-SERVICES -p tcp" + refused + " -m addrtype --dst-type LOCAL -m tcp --dport 30080" + reject,
                "NODEPORTS -p tcp -m comment --comment \"shop/web:http health check node port\" -m tcp --dport 31000 -j ACCEPT"),
                rules(options, IpFamily.IPV4, "EXTERNAL-SERVICES", "NODEPORTS", "PROXY-FIREWALL", "FW-", "EXT-", "SVC-"));
    }
}
