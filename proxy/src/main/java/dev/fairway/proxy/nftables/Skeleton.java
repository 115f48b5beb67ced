package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.Hook;
import dev.fairway.netlink.nftables.Rule;
import dev.fairway.netlink.nftables.Verdict;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.LocalTraffic;
import dev.fairway.proxy.state.NodeState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The chains and rules, which depend on settings and on the node, but on no Service. A pure function of its arguments. */
final class Skeleton {
    static final IpAddress LOCALHOST = IpAddress.of("127.0.0.1");
    private static final IpCidr LOOPBACK4 = IpCidr.of("127.0.0.0/8");
    private static final IpCidr LOOPBACK6 = IpCidr.of("::1/128");
    /** Who may come is asked of the addresses that clients use, before address translation. */
    private static final int BEFORE_DNAT = Hook.PRIORITY_DSTNAT - 10;
    private static final int AFTER_DNAT = Hook.PRIORITY_DSTNAT + 10;
    /**
     * After kube-proxy's and those of mode iptables: where the rules of two proxies are in force, while one takes over from
     * the other, those of Fairway serve what the others do not.
     */
    private static final int DNAT = Hook.PRIORITY_DSTNAT + 1;
    /** With half of the slots empty, one connection in 256 is left to the last draw, which always finds one. */
    private static final int DRAWS = 8;

    private static final String TO_SERVICES = "to-services";
    private static final String TO_UNSERVED = "to-unserved";
    private static final String TO_UNSERVED_NODE_PORTS = "to-unserved-nodeports";
    private static final String TO_UNKNOWN_PORTS = "to-unknown-ports";
    private static final String CHECK_SOURCES = "check-sources";
    /** Not {@code masquerade} alone, which nft could not read back. */
    private static final String MASQUERADE = "masquerade-marked";

    private final Layout layout;
    private final NftablesOptions options;
    private final NodeState node;

    Skeleton(Layout layout, NftablesOptions options, NodeState node) {
        this.layout = layout;
        this.options = options;
        this.node = node;
    }

    Layout layout() {
        return layout;
    }

    NodeState node() {
        return node;
    }

    /** The chains that are always there, each after those that it jumps to. */
    List<ChainSpec> base() {
        return List.of(
                regular(TO_SERVICES, this::toServices),
                regular(TO_UNSERVED, this::toUnserved),
                regular(TO_UNSERVED_NODE_PORTS, this::toUnservedNodePorts),
                regular(TO_UNKNOWN_PORTS, chain -> List.of(steps().in(SetId.CLUSTER_ADDRESSES).reject().in(chain))),
                regular(CHECK_SOURCES, chain -> List.of(steps().in(SetId.GUARDED_SERVICES).notIn(SetId.ALLOWED_SOURCES)
                        .verdict(Verdict.DROP).in(chain))),
                regular(MASQUERADE, chain -> List.of(steps().unmark(options.masqueradeMark()).in(chain),
                        steps().masquerade().in(chain))),
                hooked("prerouting", Hook.Type.FILTER, Hook.Point.PREROUTING, BEFORE_DNAT, this::prerouting),
                hooked("input", Hook.Type.FILTER, Hook.Point.INPUT, BEFORE_DNAT,
                        chain -> newJumps(chain, TO_UNSERVED_NODE_PORTS, TO_UNSERVED)),
                hooked("forward", Hook.Type.FILTER, Hook.Point.FORWARD, BEFORE_DNAT,
                        chain -> newJumps(chain, TO_UNSERVED, TO_UNKNOWN_PORTS)),
                hooked("output", Hook.Type.FILTER, Hook.Point.OUTPUT, BEFORE_DNAT,
                        chain -> newJumps(chain, CHECK_SOURCES)),
                hooked("output-translated", Hook.Type.FILTER, Hook.Point.OUTPUT, AFTER_DNAT,
                        chain -> newJumps(chain, TO_UNSERVED_NODE_PORTS, TO_UNSERVED, TO_UNKNOWN_PORTS)),
                hooked("prerouting-nat", Hook.Type.NAT, Hook.Point.PREROUTING, DNAT,
                        chain -> List.of(steps().jump(TO_SERVICES).in(chain))),
                hooked("output-nat", Hook.Type.NAT, Hook.Point.OUTPUT, DNAT,
                        chain -> List.of(steps().jump(TO_SERVICES).in(chain))),
                hooked("postrouting-nat", Hook.Type.NAT, Hook.Point.POSTROUTING, Hook.PRIORITY_SRCNAT, this::postrouting));
    }

    /** The names of {@link #base}. */
    Set<String> baseNames() {
        return base().stream().map(ChainSpec::name).collect(Collectors.toSet());
    }

    private ChainSpec regular(String name, Function<Chain, List<Rule>> rules) {
        var chain = Chain.regular(layout.table(), name);
        return new ChainSpec(chain, rules.apply(chain));
    }

    private ChainSpec hooked(String name, Hook.Type type, Hook.Point point, int priority,
            Function<Chain, List<Rule>> rules) {
        var chain = Chain.base(layout.table(), name, new Hook(type, point, priority));
        return new ChainSpec(chain, rules.apply(chain));
    }

    private Steps steps() {
        return new Steps(layout.family());
    }

    private List<Rule> newJumps(Chain chain, String... targets) {
        return Arrays.stream(targets).map(target -> steps().isNew().jump(target).in(chain)).toList();
    }

    private List<Rule> prerouting(Chain chain) {
        var rules = new ArrayList<Rule>();
        if (options.localhostNodePorts() && layout.family() == IpFamily.IPV4) {
            // Node ports on 127.0.0.1 need route_localnet, which without this would let neighbours reach 127.0.0.1.
            rules.add(steps().notFromLoopback().destination(LOOPBACK4, true).verdict(Verdict.DROP).in(chain)
                    .comment("127.0.0.1 stays out of neighbours' reach"));
        }
        rules.addAll(newJumps(chain, CHECK_SOURCES));
        return rules;
    }

    private List<Rule> postrouting(Chain chain) {
        return List.of(
                steps().marked(options.masqueradeMark()).jump(MASQUERADE).in(chain),
                steps().isTranslated().in(SetId.HAIRPINS).masquerade().in(chain)
                        .comment("a client that is its own endpoint must see the answer come from elsewhere"));
    }

    private List<Rule> toServices(Chain chain) {
        return List.of(steps().vmap(SetId.SERVICES).in(chain), toNodePorts().vmap(SetId.NODE_PORTS).in(chain));
    }

    private List<Rule> toUnserved(Chain chain) {
        return List.of(
                steps().in(SetId.NOT_LOCAL_SERVICES).verdict(Verdict.DROP).in(chain),
                steps().in(SetId.UNSERVED_SERVICES).reject().in(chain));
    }

    private List<Rule> toUnservedNodePorts(Chain chain) {
        return List.of(
                toNodePorts().in(SetId.NOT_LOCAL_NODE_PORTS).verdict(Verdict.DROP).in(chain),
                toNodePorts().in(SetId.UNSERVED_NODE_PORTS).reject().in(chain));
    }

    /** What comes to an address on which node ports listen. */
    private Steps toNodePorts() {
        if (node.nodePortAddresses().isPresent()) {
            return steps().in(SetId.NODE_ADDRESSES);
        }
        return switch (layout.family()) {
            case IPV4 -> options.localhostNodePorts()
                    ? steps().toNode() : steps().destination(LOOPBACK4, false).toNode();
            case IPV6 -> steps().destination(LOOPBACK6, false).toNode();
        };
    }

    /** Which addresses belong into {@link SetId#NODE_ADDRESSES}. */
    List<IpAddress> nodeAddresses() {
        if (node.nodePortAddresses().isEmpty()) {
            return List.of();
        }
        var localhost = options.localhostNodePorts() && layout.family() == IpFamily.IPV4
                ? Stream.of(LOCALHOST) : Stream.<IpAddress>empty();
        return Stream.concat(node.nodePortAddresses().get().stream().filter(address -> !address.isLoopback()), localhost)
                .distinct()
                .toList();
    }

    /** A chain that exists because some Service needs it. */
    ChainSpec chain(ChainRef ref) {
        return regular(ref.name(), chain -> switch (ref.kind()) {
            case CLUSTER_IP -> clusterIp(chain, ref);
            case EXTERNAL, NODE_PORT -> List.of(mark(chain), onward(chain, ref));
            case EXTERNAL_LOCAL -> local(chain, ref, SetId.SERVICES_FROM_NODE);
            case NODE_PORT_LOCAL -> local(chain, ref, SetId.NODE_PORTS_FROM_NODE);
            case DRAW_SERVICE, DRAW_SERVICE_FROM_NODE, DRAW_NODE_PORT, DRAW_NODE_PORT_FROM_NODE -> draws(chain, ref);
        });
    }

    Rule mark(Chain chain) {
        return steps().mark(options.masqueradeMark()).in(chain);
    }

    private Rule onward(Chain chain, ChainRef ref) {
        return steps().goTo(ref.next().orElseThrow().name()).in(chain);
    }

    private List<Rule> clusterIp(Chain chain, ChainRef ref) {
        var rules = new ArrayList<>(clusterIpMasquerade(chain));
        rules.add(onward(chain, ref));
        return rules;
    }

    /** Traffic from outside may go on to another node, whose answer has to come back through this one. */
    List<Rule> clusterIpMasquerade(Chain chain) {
        if (options.masqueradeAll()) {
            return List.of(mark(chain));
        }
        return node.localTraffic() instanceof LocalTraffic.Unknown || isEverything(node.localTraffic())
                ? List.of()
                : List.of(steps().fromPods(node.localTraffic(), false).mark(options.masqueradeMark()).in(chain));
    }

    private static boolean isEverything(LocalTraffic local) {
        return local instanceof LocalTraffic.FromCidr(IpCidr cidr) && cidr.isAll();
    }

    private List<Rule> local(Chain chain, ChainRef ref, SetId fromNode) {
        var rules = new ArrayList<>(fromNode(chain, steps -> steps.vmap(fromNode)));
        rules.add(onward(chain, ref));
        return rules;
    }

    /** Under the external policy Local, Pods of this node and the node itself get to any endpoint all the same. */
    List<Rule> fromNode(Chain chain, Function<Steps, Steps> toCluster) {
        var rules = new ArrayList<Rule>();
        if (isEverything(node.localTraffic())) {
            return List.of(toCluster.apply(steps()).in(chain));
        }
        if (!(node.localTraffic() instanceof LocalTraffic.Unknown)) {
            rules.add(toCluster.apply(steps().fromPods(node.localTraffic(), true)).in(chain));
        }
        rules.add(steps().fromNode().mark(options.masqueradeMark()).in(chain));
        rules.add(toCluster.apply(steps().fromNode()).in(chain));
        return rules;
    }

    private List<Rule> draws(Chain chain, ChainRef ref) {
        var rules = new ArrayList<Rule>();
        // Of one or two slots the first draw meets one that is taken, or the last does.
        int draws = ref.capacity() > 2 ? DRAWS : ref.capacity() - 1;
        for (int i = 0; i < draws; i++) {
            rules.add(steps().draw(ref.kind().list(), ref.capacity()).in(chain));
        }
        rules.add(steps().draw(ref.kind().list(), Math.max(1, ref.capacity() / 2)).in(chain));
        return rules;
    }
}
