package dev.fairway.proxy.iptables;

import static dev.fairway.proxy.iptables.RuleText.rule;

import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.NodeState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The chains and rules that are there whatever Services there are. A pure function of its arguments.
 *
 * @param chains by table, the proxy's own chains with their rules; those of {@link SharedChain} are not in it
 * @param nodePorts the rules at the end of {@link SharedChain#NAT_SERVICES}, behind those of all Services
 */
record BaseRules(Map<Table, Map<String, List<String>>> chains, List<String> nodePorts) {
    static final String MARK_MASQ = "KUBE-MARK-MASQ";
    static final String POSTROUTING = "KUBE-POSTROUTING";
    static final String FORWARD = "KUBE-FORWARD";
    static final String FIREWALL = "KUBE-FIREWALL";
    /** kube-proxy looks whether it is still there to notice a flush. */
    static final String CANARY = "KUBE-PROXY-CANARY";

    private static final String STATE_NEW = "--ctstate NEW";

    /**
     * A jump from a chain of the kernel's to one of the proxy's.
     *
     * @param rule the whole rule without its chain
     */
    record Jump(Table table, String from, String to, String rule) {
        private static Jump of(Table table, String from, String to, RuleText match) {
            return new Jump(table, from, to, match.jump(to));
        }
    }

    /**
     * The jumps in the order in which kube-proxy sets them, each at the top of its chain, so that the last comes first.
     * Those to {@code KUBE-FIREWALL} the kubelet sets as well, so that a cleanup leaves them.
     */
    static final List<Jump> JUMPS = List.of(
            Jump.of(Table.FILTER, "INPUT", "KUBE-EXTERNAL-SERVICES", externallyVisible()),
            Jump.of(Table.FILTER, "FORWARD", "KUBE-EXTERNAL-SERVICES", externallyVisible()),
            Jump.of(Table.FILTER, "INPUT", "KUBE-NODEPORTS", rule().comment("kubernetes health check service ports")),
            Jump.of(Table.FILTER, "FORWARD", "KUBE-SERVICES", newPortals()),
            Jump.of(Table.FILTER, "OUTPUT", "KUBE-SERVICES", newPortals()),
            Jump.of(Table.FILTER, "FORWARD", FORWARD, rule().comment("kubernetes forwarding rules")),
            Jump.of(Table.FILTER, "INPUT", "KUBE-PROXY-FIREWALL", firewall()),
            Jump.of(Table.FILTER, "OUTPUT", "KUBE-PROXY-FIREWALL", firewall()),
            Jump.of(Table.FILTER, "FORWARD", "KUBE-PROXY-FIREWALL", firewall()),
            Jump.of(Table.NAT, "OUTPUT", "KUBE-SERVICES", rule().comment("kubernetes service portals")),
            Jump.of(Table.NAT, "PREROUTING", "KUBE-SERVICES", rule().comment("kubernetes service portals")),
            Jump.of(Table.NAT, "POSTROUTING", POSTROUTING, rule().comment("kubernetes postrouting rules")),
            Jump.of(Table.FILTER, "INPUT", FIREWALL, rule()),
            Jump.of(Table.FILTER, "OUTPUT", FIREWALL, rule()));

    private static RuleText externallyVisible() {
        return rule().conntrack(STATE_NEW).comment("kubernetes externally-visible service portals");
    }

    private static RuleText newPortals() {
        return rule().conntrack(STATE_NEW).comment("kubernetes service portals");
    }

    private static RuleText firewall() {
        return rule().conntrack(STATE_NEW).comment("kubernetes load balancer firewall");
    }

    static BaseRules of(RuleOptions options, NodeState node) {
        return new BaseRules(
                Map.of(
                        Table.MANGLE, Map.of(CANARY, List.of()),
                        Table.FILTER, filter(options),
                        Table.NAT, nat(options)),
                nodePorts(options, node));
    }

    private static Map<String, List<String>> filter(RuleOptions options) {
        Map<String, List<String>> chains = new LinkedHashMap<>();
        chains.put(CANARY, List.of());
        chains.put(FIREWALL, options.localhostNodePorts() ? List.of(blockLocalnet()) : List.of());
        chains.put(FORWARD, forward(options));
        return chains;
    }

    /** Node ports on 127.0.0.1 need {@code route_localnet}, which without this would let neighbours reach 127.0.0.1. */
    private static String blockLocalnet() {
        IpCidr localnet = IpCidr.of("127.0.0.0/8");
        return rule().notSource(localnet).destination(localnet).comment("block incoming localnet connections")
                .conntrack("! --ctstate RELATED,ESTABLISHED,DNAT").jump("DROP");
    }

    private static List<String> forward(RuleOptions options) {
        List<String> rules = new ArrayList<>();
        if (!options.conntrackTcpLiberal()) {
            // Passed on untranslated, such a packet would make its receiver reset the connection.
            RuleText invalid = rule().conntrack("--ctstate INVALID");
            if (options.counters().contains(PacketCounters.INVALID_DROPPED)) {
                invalid.count(PacketCounters.INVALID_DROPPED);
            }
            rules.add(invalid.jump("DROP"));
        }
        rules.add(rule().comment("kubernetes forwarding rules").mark("--mark " + options.mark()).jump("ACCEPT"));
        rules.add(rule().comment("kubernetes forwarding conntrack rule").conntrack("--ctstate RELATED,ESTABLISHED")
                .jump("ACCEPT"));
        return List.copyOf(rules);
    }

    private static Map<String, List<String>> nat(RuleOptions options) {
        String clear = options.mark().substring(0, options.mark().indexOf('/')) + "/0x0";
        Map<String, List<String>> chains = new LinkedHashMap<>();
        chains.put(CANARY, List.of());
        chains.put(MARK_MASQ, List.of(rule().jump("MARK --set-xmark " + options.mark())));
        chains.put(POSTROUTING, List.of(
                rule().mark("! --mark " + options.mark()).jump("RETURN"),
                rule().jump("MARK --set-xmark " + clear),
                rule().comment("kubernetes service traffic requiring SNAT").jump("MASQUERADE --random-fully")));
        return chains;
    }

    private static List<String> nodePorts(RuleOptions options, NodeState node) {
        String comment = "kubernetes service nodeports; NOTE: this must be the last rule in this chain";
        String target = SharedChain.NAT_NODE_PORTS.chain();
        if (node.nodePortAddresses().isPresent()) {
            return node.nodePortAddresses().get().stream()
                    .filter(address -> !address.isLoopback() || options.localhostNodePorts())
                    .map((IpAddress address) -> rule().destination(address).comment(comment).jump(target))
                    .toList();
        }
        RuleText rule = rule();
        if (options.family() == IpFamily.IPV6) {
            rule.notDestination(IpCidr.of("::1/128"));
        } else if (!options.localhostNodePorts()) {
            rule.notDestination(IpCidr.of("127.0.0.0/8"));
        }
        return List.of(rule.comment(comment).addressType("dst").jump(target));
    }
}
