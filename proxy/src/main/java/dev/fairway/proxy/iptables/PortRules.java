package dev.fairway.proxy.iptables;

import static dev.fairway.proxy.iptables.RuleText.rule;

import dev.fairway.proxy.iptables.RuleGenerator.Sink;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.state.Backend;
import dev.fairway.proxy.state.Backends;
import dev.fairway.proxy.state.LocalTraffic;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.PortConfig;
import dev.fairway.proxy.state.PortState;
import java.util.List;

/** The rules of one Service port. */
final class PortRules {
    private static final IpCidr LOOPBACK = IpCidr.of("127.0.0.0/8");

    private final RuleOptions options;
    private final NodeState node;
    private final PortState state;
    private final PortConfig config;
    private final Backends backends;
    private final Protocol protocol;
    private final String name;
    private final boolean commented;
    private final Sink sink;
    private final String clusterChain;
    private final String localChain;
    private final String externalChain;
    private final String firewallChain;

    PortRules(RuleOptions options, NodeState node, PortState state, boolean commented, Sink sink) {
        this.options = options;
        this.node = node;
        this.state = state;
        this.config = state.config();
        this.backends = state.backends();
        this.protocol = config.protocol();
        this.name = config.name().toString();
        this.commented = commented;
        this.sink = sink;
        String suffix = ChainNames.suffix(config.name());
        clusterChain = ChainNames.CLUSTER + suffix;
        localChain = ChainNames.LOCAL + suffix;
        externalChain = ChainNames.EXTERNAL + suffix;
        firewallChain = ChainNames.FIREWALL + suffix;
    }

    void write() {
        captureClusterIp();
        captureExternalIps();
        captureLoadBalancers();
        captureNodePort();
        captureHealthCheck();
        if (state.hasInternalEndpoints()) {
            masqueradeClusterIp();
        }
        if (backends.usable() && config.externallyAccessible()) {
            externalChain();
        }
        if (hasFirewall()) {
            firewallChain();
        }
        balance(clusterChain, backends.cluster());
        balance(localChain, backends.local());
        backends.reachable().forEach(this::endpointChain);
    }

    private boolean hasFirewall() {
        return backends.usable() && !config.loadBalancerVips().isEmpty() && !config.sourceRanges().isEmpty();
    }

    private String internalChain() {
        return config.internalPolicyLocal() ? localChain : clusterChain;
    }

    private RuleText to(IpAddress address, String comment) {
        return rule().destination(address).protocol(protocol).comment(comment).matchPort(protocol, config.port());
    }

    private void captureClusterIp() {
        if (state.hasInternalEndpoints()) {
            sink.add(SharedChain.NAT_SERVICES, to(config.clusterIp(), name + " cluster IP").jump(internalChain()));
        } else {
            sink.add(SharedChain.FILTER_SERVICES, to(config.clusterIp(), refusal()).jump(refusalTarget()));
        }
    }

    /** Said of traffic that no endpoint may take. */
    private String refusal() {
        return name + (backends.usable() ? " has no local endpoints" : " has no endpoints");
    }

    /** Without any endpoint the client is told; without a local one it may be that other nodes serve the address. */
    private String refusalTarget() {
        if (backends.usable()) {
            return "DROP";
        }
        return "REJECT --reject-with " + (options.family() == IpFamily.IPV4 ? "icmp-port-unreachable" : "icmp6-port-unreachable");
    }

    private void captureExternalIps() {
        for (IpAddress address : config.externalIps()) {
            if (backends.usable()) {
                sink.add(SharedChain.NAT_SERVICES, to(address, name + " external IP").jump(externalChain));
            }
            refuseExternal(address);
        }
    }

    private void refuseExternal(IpAddress address) {
        if (!state.hasExternalEndpoints()) {
            sink.add(SharedChain.FILTER_EXTERNAL_SERVICES, to(address, refusal()).jump(refusalTarget()));
        }
    }

    private void captureLoadBalancers() {
        for (IpAddress address : config.loadBalancerVips()) {
            if (backends.usable()) {
                sink.add(SharedChain.NAT_SERVICES,
                        to(address, name + " loadbalancer IP").jump(hasFirewall() ? firewallChain : externalChain));
            }
            if (hasFirewall()) {
                sink.add(SharedChain.FILTER_FIREWALL,
                        to(address, name + " traffic not accepted by " + firewallChain).jump("DROP"));
            }
        }
        config.loadBalancerVips().forEach(this::refuseExternal);
    }

    private void captureNodePort() {
        if (config.nodePort() == 0) {
            return;
        }
        if (backends.usable()) {
            if (options.localhostNodePorts() && options.counters().contains(PacketCounters.LOCALHOST_NODE_PORTS)) {
                sink.add(SharedChain.NAT_NODE_PORTS, rule().destination(LOOPBACK).protocol(protocol).comment(name)
                        .matchPort(protocol, config.nodePort())
                        .count(PacketCounters.LOCALHOST_NODE_PORTS)
                        .jump(externalChain));
            }
            sink.add(SharedChain.NAT_NODE_PORTS,
                    rule().protocol(protocol).comment(name).matchPort(protocol, config.nodePort()).jump(externalChain));
        }
        if (!state.hasExternalEndpoints()) {
            sink.add(SharedChain.FILTER_EXTERNAL_SERVICES, rule().protocol(protocol).comment(refusal()).addressType("dst")
                    .matchPort(protocol, config.nodePort()).jump(refusalTarget()));
        }
    }

    private void captureHealthCheck() {
        if (config.healthCheckNodePort() != 0) {
            sink.add(SharedChain.FILTER_NODE_PORTS, rule().protocol(Protocol.TCP).comment(name + " health check node port")
                    .matchPort(Protocol.TCP, config.healthCheckNodePort()).jump("ACCEPT"));
        }
    }

    /** Traffic from outside may go on to another node, whose answer has to come back through this one. */
    private void masqueradeClusterIp() {
        LocalTraffic local = node.localTraffic();
        boolean always = options.masqueradeAll();
        if (!always && (local instanceof LocalTraffic.Unknown || isEverything(local))) {
            return;
        }
        RuleText rule = rule();
        if (!always) {
            rule.localSource(local, true);
        }
        rule.destination(config.clusterIp());
        if (!always) {
            rule.localInterface(local, true);
        }
        sink.add(internalChain(), rule.protocol(protocol).comment(name + " cluster IP")
                .matchPort(protocol, config.port()).jump(BaseRules.MARK_MASQ));
    }

    /** A block of every address leaves nothing outside; the kernel refuses a rule that says so. */
    private static boolean isEverything(LocalTraffic local) {
        return local instanceof LocalTraffic.FromCidr(IpCidr cidr) && cidr.isAll();
    }

    private void externalChain() {
        String destinations = name + " external destinations";
        if (config.externalPolicyLocal()) {
            LocalTraffic local = node.localTraffic();
            if (!(local instanceof LocalTraffic.Unknown)) {
                // Pods of this node get to any endpoint, as if they had gone out and come back by a load balancer.
                sink.add(externalChain, rule().localSource(local, false).localInterface(local, false)
                        .comment("pod traffic for " + destinations).jump(clusterChain));
            }
            sink.add(externalChain, rule().comment("masquerade LOCAL traffic for " + destinations).addressType("src")
                    .jump(BaseRules.MARK_MASQ));
            sink.add(externalChain, rule().comment("route LOCAL traffic for " + destinations).addressType("src")
                    .jump(clusterChain));
        } else {
            sink.add(externalChain, rule().comment("masquerade traffic for " + destinations).jump(BaseRules.MARK_MASQ));
        }
        if (state.hasExternalEndpoints()) {
            sink.add(externalChain, rule().jump(config.externalPolicyLocal() ? localChain : clusterChain));
        }
    }

    private void firewallChain() {
        String comment = name + " loadbalancer IP";
        for (IpCidr range : config.sourceRanges()) {
            sink.add(firewallChain, rule().source(range).comment(comment).jump(externalChain));
        }
        // A load balancer's address may be one of this node's own: then the node's packets come from it.
        if (config.sourceRanges().stream().anyMatch(range -> range.contains(node.address()))) {
            for (IpAddress address : config.loadBalancerVips()) {
                sink.add(firewallChain, rule().source(address).comment(comment).jump(externalChain));
            }
        }
        sink.add(firewallChain,
                rule().comment("other traffic to " + name + " will be dropped by KUBE-PROXY-FIREWALL").noJump());
    }

    private void balance(String chain, List<Backend> targets) {
        if (config.affinitySeconds() > 0) {
            for (Backend backend : targets) {
                String endpointChain = ChainNames.endpoint(config.name(), backend);
                sink.add(chain, towards(backend)
                        .recent("rcheck --seconds " + config.affinitySeconds() + " --reap", endpointChain, options.family())
                        .jump(endpointChain));
            }
        }
        for (int i = 0; i < targets.size(); i++) {
            RuleText rule = towards(targets.get(i));
            int left = targets.size() - i;
            if (left > 1) {
                rule.oneIn(left);
            }
            sink.add(chain, rule.jump(ChainNames.endpoint(config.name(), targets.get(i))));
        }
    }

    private RuleText towards(Backend backend) {
        return commented ? rule().comment(name + " -> " + backend) : rule();
    }

    private void endpointChain(Backend backend) {
        String chain = ChainNames.endpoint(config.name(), backend);
        // A client that is its own endpoint must see the answer come from elsewhere.
        sink.add(chain, named(rule().source(backend.address())).jump(BaseRules.MARK_MASQ));
        RuleText rule = named(rule().protocol(protocol));
        if (config.affinitySeconds() > 0) {
            rule.recent("set", chain, options.family());
        }
        sink.add(chain, rule.match(protocol).jump("DNAT --to-destination " + backend));
    }

    private RuleText named(RuleText rule) {
        return commented ? rule.comment(name) : rule;
    }
}
